import type { Clock } from '../lib/clock.ts'
import { BlindError, messageOf } from '../domain/errors.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { STALE_INTERVALS, type Observation } from '../domain/signal.ts'
import { within } from './deadline.ts'
import { httpGet, type TlsFiles } from './http-get.ts'
import { seriesOf } from './promql-answer.ts'
import { samplesOf, type PromqlQuery, type PromqlSamples } from './promql-samples.ts'
import type { Source } from './sources.ts'

export type PromqlSourceConfig = {
  /** Where the API is, without `/api/v1`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: TlsFiles
  /** How often every query is asked. */
  readonly stepMs: number
  readonly timeoutMs: number
  readonly staleAfterMs: number
  readonly queries: readonly PromqlQuery[]
  /** Default 32 MiB. */
  readonly maxBytes?: number
  /** Default 10,000. */
  readonly maxSeries?: number
}

export type PromqlTools = {
  readonly clock: Clock
  readonly isKnown: (target: ResourceRef) => boolean
  /** Told when some series of an answer are left out for other reasons than before; no reasons: none are any more. */
  readonly onDropped: (query: string, reasons: string) => void
}

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024
const DEFAULT_MAX_SERIES = 10_000
const MOST_REASONS = 5

/** Asks a Prometheus every query as an instant query. What cannot be seen by one hands in nothing, and says why. */
export function promqlSource(config: PromqlSourceConfig, tools: PromqlTools): Source {
  const told = new Map<string, string>()
  const tell = (query: string, { dropped }: PromqlSamples): void => {
    const kinds = [...dropped.keys()].sort().join('\n')
    if (kinds === (told.get(query) ?? '')) return
    told.set(query, kinds)
    tools.onDropped(query, reasonsText(dropped))
  }
  return {
    name: 'prometheus',
    intervalMs: config.stepMs,
    round: () =>
      config.queries.map((query) => ({
        key: query.name,
        look: async (_, abort) => {
          const seen = await ask(config, query, { ...tools, abort })
          if (seen.samples.length === 0 && seen.dropped.size > 0) {
            throw new BlindError(`no series of the answer can be used: ${reasonsText(seen.dropped)}`)
          }
          tell(query.name, seen)
          return observed(config, seen)
        },
      })),
  }
}

/** A third of `staleAfter`, so that what is taken in is stale when that is over, whatever the pace of asking. */
export function promqlIntervalMs({ staleAfterMs }: Pick<PromqlSourceConfig, 'staleAfterMs'>): number {
  return staleAfterMs / STALE_INTERVALS
}

function observed(config: PromqlSourceConfig, { samples }: PromqlSamples): Observation {
  return { source: 'prometheus', intervalMs: promqlIntervalMs(config), samples }
}

async function ask(
  config: PromqlSourceConfig,
  query: PromqlQuery,
  { clock, abort, isKnown }: PromqlTools & { readonly abort: AbortSignal },
): Promise<PromqlSamples> {
  const { headers, tls, timeoutMs, staleAfterMs } = config
  const { maxBytes = DEFAULT_MAX_BYTES, maxSeries = DEFAULT_MAX_SERIES } = config
  const options = { maxBytes, headers: { accept: 'application/json', ...headers }, ...(tls && { tls }) }
  try {
    const url = queryUrl(config, query)
    const got = await within({ timeoutMs, clock, abort }, (signal) => httpGet(url, { ...options, abort: signal }))
    const series = seriesOf(got)
    if (series.length > maxSeries) {
      throw new BlindError(`it answered with ${series.length} series, more than ${maxSeries}: aggregate them`)
    }
    return samplesOf(series, query, { staleAfterMs, isKnown, now: clock.now() })
  } catch (cause) {
    throw new BlindError(`cannot see by ${config.url}: ${messageOf(cause)}`)
  }
}

/** No time is asked for: the answer's is the other side's. Values older than `staleAfter` must not be carried forward. */
function queryUrl({ url, timeoutMs, staleAfterMs }: PromqlSourceConfig, { expr }: PromqlQuery): URL {
  const asked = new URL(`${url.replace(/\/+$/, '')}/api/v1/query`)
  const parameters = { query: expr, timeout: `${timeoutMs}ms`, lookback_delta: `${staleAfterMs}ms` }
  for (const [name, value] of Object.entries(parameters)) asked.searchParams.set(name, value)
  return asked
}

function reasonsText(dropped: ReadonlyMap<string, number>): string {
  const most = [...dropped].sort(([, a], [, b]) => b - a)
  const others = most.slice(MOST_REASONS).reduce((sum, [, count]) => sum + count, 0)
  const texts = most.slice(0, MOST_REASONS).map(([reason, count]) => `${count} since ${reason}`)
  return [...texts, ...(others > 0 ? [`${others} for other reasons`] : [])].join('; ')
}
