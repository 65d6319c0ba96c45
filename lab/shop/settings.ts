import { readFileSync } from 'node:fs'

/** What an api instance reads from its configuration file, at its start and on SIGHUP. */
export type Settings = {
  /** How long a query may take. */
  readonly dbTimeoutMs: number
  /** Requests beyond so many waiting are turned away. */
  readonly mostWaiting: number
}

export const SETTINGS: Settings = { dbTimeoutMs: 2000, mostWaiting: 40 }

/**
 * Reads the file now and on every SIGHUP; what cannot be read, or is no number, leaves the value before. `changed` is
 * told of every reading.
 */
export function settingsIn(file: string | undefined, changed: (settings: Settings) => void): () => Settings {
  let settings = SETTINGS
  const load = (): void => {
    settings = { ...settings, ...(file === undefined ? {} : numbersIn(file)) }
    changed(settings)
  }
  load()
  process.on('SIGHUP', load)
  return () => settings
}

function numbersIn(file: string): Partial<Settings> {
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    return Object.fromEntries(Object.entries(read).filter(([, value]) => typeof value === 'number'))
  } catch {
    return {}
  }
}
