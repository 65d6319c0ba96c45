import type { AlertmanagerConfig } from './config.ts'
import { httpAccessOf, type Files } from './http-access.ts'
import type { AlertmanagerSection } from './schema.ts'
import type { Path } from './problems.ts'
import type { Scope } from './scope.ts'

const PATH: Path = ['sources', 'alertmanager']

/** The Alertmanager to ask for its silences; undefined where they are not to be read. */
export function alertmanagerOf(
  section: AlertmanagerSection,
  scope: Scope,
  files: Files,
): AlertmanagerConfig | undefined {
  const { defaults, problems } = scope
  const intervalMs = section.interval ?? defaults.intervalMs
  const timeoutMs = section.timeout ?? Math.min(defaults.timeoutMs, intervalMs)
  if (timeoutMs > intervalMs)
    problems.push({ path: [...PATH, 'timeout'], message: 'must not be longer than the interval' })
  const access = httpAccessOf(section, PATH, scope, files)
  return section.readSilences === false ? undefined : { ...access, intervalMs, timeoutMs }
}
