import { stringify } from 'yaml'
import type { Config } from './config.ts'

/** The configuration as people may see it: by section, as YAML, each secret as `***`. */
export type ConfigShown = { readonly digest: string; readonly sections: Readonly<Record<string, string>> }

export function shownConfig(config: Config): ConfigShown {
  const sections = Object.entries(config).filter(([name]) => name !== 'file' && name !== 'digest')
  const shown = sections.map(([name, value]) => [name, textOf(value)] as const)
  return { digest: config.digest, sections: Object.fromEntries(shown) }
}

/** Secrets hide themselves when they are written as JSON; who logs in by a URL is hidden here, and keys by their look. */
function textOf(value: unknown): string {
  const json = JSON.stringify(value, (_key, one: unknown) => (one instanceof Map ? Object.fromEntries(one) : one))
  return stringify(JSON.parse(json)).replaceAll(/\/\/[^\s/@"']+@/g, '//***@')
}
