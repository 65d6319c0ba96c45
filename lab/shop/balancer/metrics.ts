import type { Counts } from './counts.ts'
import type { Pool } from './pool.ts'

type Row = readonly [labels: Readonly<Record<string, string | number>>, value: number]

/** What everybody may know of a pool at a glance; counts since the start. */
export function summaryOf(pool: Pool, address: string): Record<string, string | number> {
  const { total, seconds, limited } = pool.counts()
  const { backends, breaker } = pool.settings()
  return {
    name: pool.name,
    address,
    ...total,
    seconds,
    limited: Object.values(limited).reduce((sum, count) => sum + count, 0),
    backendsUp: backends.filter(({ state, weight }) => state === 'up' && weight > 0).length,
    breaker,
  }
}

/** All pools in the Prometheus text format; the numbers of the front pool also under the names of the shop. */
export function metricsOf(pools: readonly Pool[], front: string): string {
  const seen = pools.map((pool) => ({ pool: pool.name, counts: pool.counts(), settings: pool.settings() }))
  const shares = seen.flatMap(({ pool, counts }) =>
    [...counts.shares].map(([backend, share]) => ({ about: { pool, backend }, share })),
  )
  const backends = seen.flatMap(({ pool, settings }) =>
    settings.backends.map((backend) => ({ about: { pool, backend: backend.name }, ...backend })),
  )
  const users = seen.find(({ pool }) => pool === front)?.counts
  return [
    family(
      'pool_requests_total',
      'counter',
      shares.map(({ about, share }) => [about, share.requests]),
    ),
    family(
      'pool_requests_failed_total',
      'counter',
      shares.map(({ about, share }) => [about, share.failed]),
    ),
    family(
      'pool_backend_in_flight',
      'gauge',
      shares.map(({ about, share }) => [about, share.inFlight]),
    ),
    family(
      'pool_in_flight',
      'gauge',
      seen.map(({ pool, counts }) => [{ pool }, counts.total.inFlight]),
    ),
    family(
      'pool_limited_total',
      'counter',
      seen.flatMap(({ pool, counts }) =>
        Object.entries(counts.limited).map(([reason, count]): Row => [{ pool, reason }, count]),
      ),
    ),
    family(
      'pool_breaker_open',
      'gauge',
      seen.map(({ pool, settings }) => [{ pool }, Number(settings.breaker === 'open')]),
    ),
    family(
      'pool_backend_weight',
      'gauge',
      backends.map(({ about, weight }) => [about, weight]),
    ),
    family(
      'pool_backend_up',
      'gauge',
      backends.map(({ about, state }) => [about, Number(state === 'up')]),
    ),
    histogram(
      'pool_request_duration_seconds',
      seen.map(({ pool, counts }) => [{ pool }, counts]),
    ),
    users ? ofTheShop(users) : '',
  ].join('')
}

function ofTheShop(users: Counts): string {
  return (
    family('shop_requests_total', 'counter', [[{}, users.total.requests]]) +
    family('shop_requests_failed_total', 'counter', [[{}, users.total.failed]]) +
    histogram('shop_request_duration_seconds', [[{}, users]])
  )
}

function histogram(name: string, all: readonly (readonly [Row[0], Counts])[]): string {
  const rows = all.flatMap(([about, { buckets, seconds, total }]) => [
    ...buckets.map(({ le, count }) => line(`${name}_bucket`, { ...about, le }, count)),
    line(`${name}_bucket`, { ...about, le: '+Inf' }, total.requests),
    line(`${name}_sum`, about, seconds),
    line(`${name}_count`, about, total.requests),
  ])
  return `# TYPE ${name} histogram\n${rows.join('')}`
}

function family(name: string, type: 'counter' | 'gauge', rows: readonly Row[]): string {
  return `# TYPE ${name} ${type}\n${rows.map(([labels, value]) => line(name, labels, value)).join('')}`
}

/** Labels are names of pools and backends, which need no escaping. */
function line(name: string, labels: Row[0], value: number): string {
  const inside = Object.entries(labels).map(([label, text]) => `${label}="${text}"`)
  return `${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}\n`
}
