import type { Clock } from '../lib/clock.ts'
import { BlindError } from '../domain/errors.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Labels, Observation, Sample } from '../domain/signal.ts'
import { within } from './deadline.ts'
import { httpGet, urlOf, type HttpPlace } from './http-get.ts'
import type { Place } from './probe-source.ts'
import { prometheusReader, type TextReader, type TextSample } from './prometheus-text.ts'
import type { Source } from './sources.ts'

export type ScrapeSourceConfig = {
  readonly name: string
  readonly at: HttpPlace
  readonly intervalMs: number
  readonly timeoutMs: number
  readonly headers?: Readonly<Record<string, string>>
  /** Default 32 MiB. */
  readonly maxBytes?: number
  /**
   * Which target a sample is about, by its labels, where one exposition tells of many; undefined leaves the sample out.
   * Absent: all samples are about the target that was scraped.
   */
  readonly targetOf?: (labels: Labels) => ResourceRef | undefined
}

const DEFAULT_MAX_BYTES = 32 * 1024 * 1024
const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4'

/** Reads the Prometheus text of every target. A scrape that fails is blindness: it hands in nothing. */
export function scrapeSource(
  config: ScrapeSourceConfig,
  targets: () => readonly Place[],
  tools: { readonly clock: Clock },
): Source {
  const { name, intervalMs } = config
  const read = prometheusReader()
  return {
    name,
    intervalMs,
    round: () =>
      targets().map((place) => ({
        key: place.ref,
        look: (_, abort) => scrape(config, place, { ...tools, abort, read }),
      })),
  }
}

type ScrapeTools = { readonly clock: Clock; readonly abort: AbortSignal; readonly read: TextReader }

async function scrape(config: ScrapeSourceConfig, place: Place, tools: ScrapeTools): Promise<Observation> {
  const { name, at, intervalMs, timeoutMs, maxBytes = DEFAULT_MAX_BYTES, targetOf = () => place.ref } = config
  const { clock, abort, read } = tools
  const url = urlOf(at, place.address)
  const headers = { accept: ACCEPT, ...config.headers }
  const { status, contentType, body } = await within({ timeoutMs, clock, abort }, (signal) =>
    httpGet(url, { abort: signal, maxBytes, headers }),
  )
  if (status !== 200) throw new BlindError(`cannot scrape ${url.href}: it answered with status ${status}`)
  const exposition = read(body, { openMetrics: contentType.includes('openmetrics') })
  if (exposition.samples.length === 0 && exposition.badLines > 0) {
    const [first] = exposition.bad
    throw new BlindError(`cannot read ${url.href}: line ${first?.line}: ${first?.reason}`)
  }
  const now = clock.now()
  const samples = exposition.samples.flatMap((sample) => sampleOf(sample, targetOf(sample.labels), now) ?? [])
  return { source: name, intervalMs, samples }
}

/** A time of the exposition's own is kept, so that old numbers are not taken for new ones, but never one to come. */
function sampleOf(
  { metric, labels, value, at }: TextSample,
  target: ResourceRef | undefined,
  now: number,
): Sample | undefined {
  return target && { metric, labels, target, value, at: Math.min(at ?? now, now) }
}
