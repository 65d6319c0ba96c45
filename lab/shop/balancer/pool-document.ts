import type { Clock } from '../../../src/lib/clock.ts'
import type { Json } from '../../../src/lib/json.ts'
import { specsDocument, type SpecsDocument } from '../control.ts'
import type { Values } from '../held-values.ts'
import type { PoolOptions } from './options.ts'

/** `standby`: its instance is stopped, or not ready yet; the balancer itself makes it `up`, and `standby` again. */
export type BackendState = 'up' | 'drain' | 'standby'
export type Backend = {
  readonly name: string
  readonly address: string
  readonly weight: number
  readonly state: BackendState
}

/** What a pool is told to do: its document, read. */
export type PoolSettings = {
  readonly backends: readonly Backend[]
  readonly rateLimitRps: number | undefined
  readonly concurrency: number | undefined
  readonly breaker: 'closed' | 'open'
}

/**
 * The document of a pool: `address.NAME`, `weight.NAME` (default 100), `state.NAME` (default up), `rateLimitRps`,
 * `concurrency`, `breaker` (default closed). A backend is there as long as it has an address.
 */
export function poolDocument(
  options: PoolOptions,
  clock: Clock,
  onChange: (settings: PoolSettings) => void,
): SpecsDocument {
  const { backends, rateLimitRps = null, concurrency = null } = options
  const own = backends.flatMap(({ name, address, weight = 100, standby }): [string, Json][] => [
    [`address.${name}`, address],
    [`weight.${name}`, weight],
    [`state.${name}`, standby ? 'standby' : 'up'],
  ])
  const standbys = new Set(backends.filter(({ standby }) => standby).map(({ name }) => name))
  return specsDocument({
    initial: { ...Object.fromEntries(own), rateLimitRps, concurrency, breaker: 'closed' },
    check: (name, value, next) => refusalOf(name, value, next, standbys),
    clock,
    onChange: (values) => onChange(settingsIn(values)),
  })
}

/** Reads a document that holds only what was checked. */
export function settingsIn(values: Values): PoolSettings {
  const backends = Object.keys(values).flatMap((key): Backend[] => {
    if (!key.startsWith('address.')) return []
    const name = key.slice('address.'.length)
    const { [key]: address, [`weight.${name}`]: weight = 100, [`state.${name}`]: state = 'up' } = values
    return [{ name, address: address as string, weight: weight as number, state: state as BackendState }]
  })
  const { rateLimitRps, concurrency, breaker } = values
  return {
    backends,
    rateLimitRps: numberIn(rateLimitRps),
    concurrency: numberIn(concurrency),
    breaker: breaker === 'open' ? 'open' : 'closed',
  }
}

const numberIn = (value: Json | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

const NAME = /^(address|weight|state)\.([A-Za-z0-9][A-Za-z0-9._-]*)$/

/** Why a value is not taken; null takes any away. */
function refusalOf(key: string, value: Json, next: Values, standbys: ReadonlySet<string>): string | undefined {
  if (key === 'breaker') return oneOf(value, ['closed', 'open'])
  if (key === 'rateLimitRps') return within(value, 0.1, 1_000_000)
  if (key === 'concurrency') return Number.isInteger(value ?? 1) ? within(value, 1, 100_000) : 'expected a whole number'
  const [, kind, name = ''] = NAME.exec(key) ?? []
  if (kind === 'address') return addressRefusal(value)
  if (kind === undefined) return 'a pool has no such name'
  if (value !== null && !Object.hasOwn(next, `address.${name}`)) return `the pool has no backend '${name}'`
  if (kind === 'weight') return within(value, 0, 100)
  return oneOf(value, standbys.has(name) ? ['up', 'drain', 'standby'] : ['up', 'drain'])
}

function addressRefusal(value: Json): string | undefined {
  const good = value === null || (typeof value === 'string' && /^[\w.-]+:\d{1,5}$/.test(value))
  return good ? undefined : 'expected host:port'
}

function oneOf(value: Json, known: readonly string[]): string | undefined {
  return value === null || known.some((one) => one === value) ? undefined : `expected ${known.join(' or ')}`
}

function within(value: Json, least: number, most: number): string | undefined {
  const good = value === null || (typeof value === 'number' && value >= least && value <= most)
  return good ? undefined : `expected a number from ${least} to ${most}`
}
