import { BlindError, TerminalError } from '../../domain/errors.ts'
import type { Connector } from '../../domain/ports.ts'
import { partsOf, refOf, type ResourceRef } from '../../domain/resource.ts'
import type { Sample } from '../../domain/signal.ts'
import type { TopologyNode } from '../../domain/topology.ts'
import { look, specsAt } from '../control/client.ts'
import { Pools, type PoolSummary } from './schema.ts'

export type BalancerOptions = {
  /** The operator's name for this connector. */
  readonly name: string
  /** Where the balancer is looked at and told what to do. */
  readonly url: string
  /** The namespace that its pools are put into. */
  readonly namespace: string
  /** By pool: the service that stands behind it. */
  readonly fronts: Readonly<Record<string, ResourceRef>>
  /** How long the balancer may take to answer a look. Default 1000. */
  readonly fetchTimeoutMs?: number
  /** How often `observe` is called. Default 1000. */
  readonly intervalMs?: number
}

/**
 * The pools of one load balancer (`pool/NAME`, durable), each standing on the service behind it. Their documents are the
 * capability `traffic`.
 */
export function balancerConnector(options: BalancerOptions): Connector {
  const { name, namespace, fronts, fetchTimeoutMs = 1000, intervalMs = 1000 } = options
  const url = options.url.replace(/\/+$/, '')
  const refTo = (pool: string): ResourceRef => refOf({ connector: name, namespace, kind: 'pool', name: pool })
  const poolsNow = async (abort: AbortSignal): Promise<readonly PoolSummary[]> => {
    const limit = AbortSignal.any([abort, AbortSignal.timeout(fetchTimeoutMs)])
    return (await look({ url: `${url}/pools` }, Pools, limit)).pools
  }
  const urlOf = (target: ResourceRef): string => {
    const parts = partsOf(target)
    if (parts.connector !== name || parts.namespace !== namespace || parts.kind !== 'pool') {
      throw new TerminalError(`'${target}' is no pool of connector '${name}'`)
    }
    return `${url}/pools/${parts.name}`
  }
  return {
    name,
    tools: { traffic: specsAt((target) => ({ url: urlOf(target) }), { readTimeoutMs: fetchTimeoutMs }) },
    discover: async (abort) => {
      const pools = await poolsNow(abort)
      return {
        nodes: pools.map((pool) => nodeOf(refTo(pool.name), fronts[pool.name])),
        addresses: new Map(pools.map((pool) => [refTo(pool.name), pool.address])),
      }
    },
    observe: async (abort, now) => {
      const pools = await poolsNow(abort).catch((thrown: unknown) => {
        if (abort.aborted || !(thrown instanceof BlindError)) throw thrown
        return undefined
      })
      // That nobody answers is seen, as by a probe; what its pools do is not.
      const samples = pools
        ? pools.flatMap((pool) => samplesOf(refTo(pool.name), pool, now))
        : Object.keys(fronts).map((pool) => sampleOf(refTo(pool), 'up', 0, now))
      return { source: name, intervalMs, samples }
    },
    close: async () => {},
  }
}

const nodeOf = (ref: ResourceRef, front: ResourceRef | undefined): TopologyNode => ({
  ref,
  dependsOn: front === undefined ? [] : [front],
  durable: true,
  sharedFate: [],
  can: ['traffic'],
})

function samplesOf(target: ResourceRef, pool: PoolSummary, at: number): Sample[] {
  const values = {
    up: 1,
    pool_requests_total: pool.requests,
    pool_requests_failed_total: pool.failed,
    pool_limited_total: pool.limited,
    pool_request_seconds_total: pool.seconds,
    pool_in_flight: pool.inFlight,
    pool_backends_up: pool.backendsUp,
    pool_breaker_open: Number(pool.breaker === 'open'),
  }
  return Object.entries(values).map(([metric, value]) => sampleOf(target, metric, value, at))
}

const sampleOf = (target: ResourceRef, metric: string, value: number, at: number): Sample => ({
  metric,
  labels: {},
  target,
  at,
  value,
})
