import type { HttpPlace, LogConfig, ProbeCheck, ProbeConfig, ScrapeConfig } from './config.ts'
import type { Path } from './problems.ts'
import type { LogSection, ProbeSection, ScrapeSection } from './schema.ts'
import { fromFolderOf, targetOf, type Scope } from './scope.ts'

export function probeOf(probe: ProbeSection, path: Path, scope: Scope): ProbeConfig {
  const { name, target, http, tcp, command } = probe
  if ([http, tcp, command].filter(Boolean).length !== 1) {
    scope.problems.push({ path, message: 'needs exactly one of http, tcp and command' })
  }
  return {
    name,
    target: targetOf(target, [...path, 'target'], scope),
    check: checkOf(probe, path, scope),
    ...timingOf(probe, path, scope),
  }
}

function checkOf({ http, command }: ProbeSection, path: Path, scope: Scope): ProbeCheck {
  if (http) {
    const { expectStatus, headers = {} } = http
    const at = placeOf(http, [...path, 'http'], scope)
    return { kind: 'http', at, headers, ...(expectStatus !== undefined && { expectStatus }) }
  }
  const [program, ...args] = command?.argv ?? []
  return program === undefined ? { kind: 'tcp' } : { kind: 'command', argv: [program, ...args] }
}

export function scrapeOf(scrape: ScrapeSection, path: Path, scope: Scope): ScrapeConfig {
  return {
    name: scrape.name,
    target: targetOf(scrape.target, [...path, 'target'], scope),
    at: placeOf(scrape, path, scope),
    headers: scrape.headers ?? {},
    ...timingOf(scrape, path, scope),
  }
}

const PLACES: ReadonlySet<string> = new Set(['connector', 'namespace', 'kind', 'name'])

export function logOf(
  { name, target, path: own, interval }: LogSection,
  path: Path,
  file: string,
  scope: Scope,
): LogConfig {
  for (const [, place = ''] of own?.matchAll(/\{([^}]*)\}/g) ?? []) {
    if (PLACES.has(place)) continue
    const message = `{${place}} is no part of a target: use {${[...PLACES].join('}, {')}}`
    scope.problems.push({ path: [...path, 'path'], message })
  }
  return {
    name,
    target: targetOf(target, [...path, 'target'], scope),
    ...(own !== undefined && { path: fromFolderOf(file, own) }),
    intervalMs: interval ?? scope.defaults.intervalMs,
  }
}

function placeOf({ path: own, url }: { path?: string; url?: string }, path: Path, { problems }: Scope): HttpPlace {
  if ((own === undefined) === (url === undefined)) problems.push({ path, message: 'needs exactly one of path and url' })
  return url === undefined ? { path: own ?? '/' } : { url }
}

function timingOf(
  { interval, timeout }: { interval?: number; timeout?: number },
  path: Path,
  { defaults, problems }: Scope,
): { intervalMs: number; timeoutMs: number } {
  const intervalMs = interval ?? defaults.intervalMs
  const timeoutMs = timeout ?? Math.min(defaults.timeoutMs, intervalMs)
  if (timeoutMs > intervalMs) {
    problems.push({ path: [...path, 'timeout'], message: 'must not be longer than the interval' })
  }
  return { intervalMs, timeoutMs }
}
