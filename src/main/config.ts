import { readFileSync } from 'node:fs'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import type { Catalogue } from '../config/scope.ts'
import { actions } from '../actions/registry.ts'
import { REMEDIES } from '../decide/registry.ts'
import { rulesOf } from '../diagnose/engines/rules.ts'
import { messageOf, UsageError } from '../domain/errors.ts'
import type { Settings } from '../engine/ports.ts'

/** What a policy may name. */
export const CATALOGUE: Catalogue = {
  remedies: new Map([...REMEDIES.map(({ name, settings }) => [name, settings] as const), ['page', undefined] as const]),
  actions: [...actions.keys()],
}

/**
 * Reads a configuration file; throws UsageError with one line for each problem, or when it cannot be read.
 *
 * @param instead a policy file that takes the place of its policies
 */
export function readConfig(file: string, instead?: { readonly file: string; readonly text: string }): Config {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read the configuration ${file}: ${messageOf(cause)}; name another with --config`, {
      cause,
    })
  }
  return loadConfig(text, {
    file,
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    catalogue: CATALOGUE,
    ...(instead && { instead }),
  })
}

/** What of the configuration the loop reads, and a reload may change. */
export function settingsOf(config: Config): Settings {
  const { digest, mode, policies, limits, never, freezeWindows, aliases, alertTargets, rules, slos, access } = config
  const duties = access.separateDuties === true && { separateDuties: true }
  return {
    digest,
    mode,
    ...duties,
    policies,
    limits,
    slos,
    never,
    freezeWindows,
    aliases,
    alertTargets,
    rules,
    engines: [rulesOf(rules)],
  }
}

/** What is read once: a change of it needs a new start. */
const NEEDS_A_START = [
  ...(['dataDir', 'listen', 'connectors', 'probes', 'scrapes', 'prometheus', 'alertmanager', 'notify'] as const),
  ...(['killSwitchFile', 'heads', 'keyFile', 'self', 'syslog'] as const),
] satisfies readonly (keyof Config)[]

/** The configuration after a reload. Throws UsageError when something changed that needs a new start. */
export function reloadedConfig(running: Config): Config {
  const next = readConfig(running.file)
  const fixed = ({ receive: { targets: _targets, ...receive }, ...config }: Config): string =>
    JSON.stringify([receive, ...NEEDS_A_START.map((key) => config[key])])
  if (fixed(next) === fixed(running)) return next
  throw new UsageError(
    `cannot reload ${running.file}: data, listen, connectors, probes, scrape, sources, notify, killSwitch, standsOn, heartbeat, limits.self, receive (but for its targets), record.heads, record.headFile and record.encryption need a new start; the running configuration stays`,
  )
}
