import type { Clock } from '../lib/clock.ts'
import type { Alert } from '../domain/alert.ts'
import { BlindError, messageOf, TerminalError } from '../domain/errors.ts'
import type { Intake } from '../domain/intake.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Labels, Sample } from '../domain/signal.ts'
import { labelsIn, targetFrom } from '../domain/target-template.ts'
import { within } from './deadline.ts'
import { fingerprintOf, sortedLabels } from './fingerprint.ts'
import { httpGet, type TlsFiles } from './http-get.ts'
import { rangeSeriesOf, TooMuchError, type RangeSeries } from './promql-range-answer.ts'
import type { PromqlQuery } from './promql-samples.ts'

export type RangeConfig = {
  /** Where the API is, without `/api/v1`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly tls?: TlsFiles
  readonly timeoutMs: number
  readonly staleAfterMs: number
  readonly stepMs: number
  readonly queries: readonly PromqlQuery[]
  /** Epoch milliseconds, both included. */
  readonly fromMs: number
  readonly toMs: number
}

export type RangeTools = {
  readonly clock: Clock
  readonly abort: AbortSignal
  /** A target that the labels of a series name, or those of an alert: told before what is about it. */
  readonly onTarget: (target: ResourceRef) => void
  /** Which target an alert is about, by its labels. */
  readonly targetOf: (labels: Labels) => ResourceRef | undefined
  /** Everything that is known to exist, when `onTarget` has told something new; undefined when not. */
  readonly news: () => Intake | undefined
}

/** So many points of one series are asked for at once; Prometheus gives 11,000. */
const POINTS = 240
const MOST_BYTES = 256 << 20
const TRIES = 4
const FIRST_RETRY_MS = 1000
const ALERTS = 'ALERTS{alertstate="firing"}'
/** An alert of which nobody speaks any more is silent after so many steps. */
const SILENT_STEPS = 4
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i

type Chunk = { readonly fromMs: number; readonly toMs: number }
type Track = { readonly identity: Pick<Sample, 'metric' | 'target' | 'labels'>; readonly points: RangeSeries['points'] }
type Answered = {
  readonly chunk: Chunk
  readonly queries: readonly (readonly Track[] | Error)[]
  readonly alerts: readonly RangeSeries[] | Error
}

/**
 * What a Prometheus saw from one moment to another: every query as a range query, a few hours at a time and the next
 * ones while these are looked at, and the alerts that it had firing. What it cannot answer after some tries is said as
 * `missed`, and the rest goes on.
 */
export async function* readRange(config: RangeConfig, tools: RangeTools): AsyncGenerator<Intake> {
  const firing = new Map<string, Alert>()
  let next = askChunk(config, tools, config.fromMs)
  for (let fromMs = config.fromMs; fromMs <= config.toMs;) {
    const answered = await next
    fromMs = answered.chunk.toMs + config.stepMs
    if (fromMs <= config.toMs) next = askChunk(config, tools, fromMs)
    // It is awaited later: until then a failure is nobody's.
    next.catch(() => {})
    yield* missedIn(answered, config)
    yield* intakeOf(answered, config, tools, firing)
  }
}

async function askChunk(config: RangeConfig, tools: RangeTools, fromMs: number): Promise<Answered> {
  const { queries, toMs, stepMs } = config
  const chunk = { fromMs, toMs: Math.min(toMs, fromMs + (POINTS - 1) * stepMs) }
  const asked: (readonly Track[] | Error)[] = []
  for (const query of queries) {
    asked.push(await askPatiently(config, tools, query.expr, chunk).then((series) => tracksOf(series, query), asError))
  }
  const alerts = await askPatiently(config, tools, ALERTS, chunk).catch(asError)
  return { chunk, queries: asked, alerts }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** Tries again, longer and longer apart; what is too much at once is asked for in halves. */
async function askPatiently(
  config: RangeConfig,
  tools: RangeTools,
  expr: string,
  chunk: Chunk,
): Promise<readonly RangeSeries[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce(config, tools, expr, chunk)
    } catch (thrown) {
      if (tools.abort.aborted) throw thrown
      const steps = Math.floor((chunk.toMs - chunk.fromMs) / config.stepMs)
      if (isTooMuch(thrown) && steps >= 1) {
        const middleMs = chunk.fromMs + Math.floor(steps / 2) * config.stepMs
        const early = await askPatiently(config, tools, expr, { fromMs: chunk.fromMs, toMs: middleMs })
        const late = await askPatiently(config, tools, expr, { fromMs: middleMs + config.stepMs, toMs: chunk.toMs })
        return joined(early, late)
      }
      if (attempt === TRIES || !mayPass(thrown)) throw thrown
      await tools.clock.sleep(FIRST_RETRY_MS * 2 ** (attempt - 1), tools.abort)
    }
  }
}

const isTooMuch = (thrown: unknown): boolean => thrown instanceof TooMuchError || thrown instanceof TerminalError
/** What is wrong with the question itself stays wrong. */
const mayPass = (thrown: unknown): boolean => !/bad_data|status 4\d\d/.test(messageOf(thrown))

function joined(early: readonly RangeSeries[], late: readonly RangeSeries[]): readonly RangeSeries[] {
  const byKey = new Map(early.map((one) => [keyOf(one.labels), one]))
  for (const one of late) {
    const key = keyOf(one.labels)
    const before = byKey.get(key)
    byKey.set(key, before ? { labels: one.labels, points: [...before.points, ...one.points] } : one)
  }
  return [...byKey.values()]
}

async function askOnce(
  { url, headers, tls, timeoutMs, staleAfterMs, stepMs }: RangeConfig,
  { clock, abort }: RangeTools,
  expr: string,
  { fromMs, toMs }: Chunk,
): Promise<readonly RangeSeries[]> {
  const asked = new URL(`${url.replace(/\/+$/, '')}/api/v1/query_range`)
  const parameters = {
    query: expr,
    start: `${fromMs / 1000}`,
    end: `${toMs / 1000}`,
    step: `${stepMs / 1000}`,
    timeout: `${timeoutMs}ms`,
    lookback_delta: `${staleAfterMs}ms`,
  }
  for (const [name, value] of Object.entries(parameters)) asked.searchParams.set(name, value)
  const options = { maxBytes: MOST_BYTES, headers: { accept: 'application/json', ...headers }, ...(tls && { tls }) }
  try {
    return rangeSeriesOf(
      await within({ timeoutMs, clock, abort }, (signal) => httpGet(asked, { ...options, abort: signal })),
    )
  } catch (cause) {
    if (cause instanceof TooMuchError || cause instanceof TerminalError) throw cause
    throw new BlindError(`cannot see by ${url}: ${messageOf(cause)}`)
  }
}

/** Series by the targets that they are about; two that become the same are left out, as by the live source. */
function tracksOf(series: readonly RangeSeries[], query: PromqlQuery): readonly Track[] {
  const used = labelsIn(query.target)
  const alike = new Map<string, Track | undefined>()
  for (const { labels, points } of series) {
    const named = targetFrom(query.target, labels)
    if ('reason' in named) continue
    const rest = Object.entries(labels).filter(([label]) => label !== '__name__' && !used.has(label))
    const identity = { metric: query.name, target: named.target, labels: labelsFor(Object.fromEntries(rest)) }
    const key = `${named.target}\n${keyOf(identity.labels)}`
    alike.set(key, alike.has(key) ? undefined : { identity, points })
  }
  return [...alike.values()].flatMap((track) => track ?? [])
}

// The same labels are the same object from chunk to chunk: the windows know them by it.
const interned = new Map<string, Labels>()
const MOST_INTERNED = 200_000

function labelsFor(labels: Labels): Labels {
  const key = keyOf(labels)
  const known = interned.get(key)
  if (known) return known
  if (interned.size >= MOST_INTERNED) interned.clear()
  interned.set(key, labels)
  return labels
}

const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))

function* missedIn({ chunk, queries, alerts }: Answered, config: RangeConfig): Generator<Intake> {
  const missed = (what: string, problem: Error): Intake => ({
    kind: 'missed',
    at: chunk.fromMs,
    from: chunk.fromMs,
    to: chunk.toMs,
    what,
    why: messageOf(problem),
  })
  for (const [i, one] of queries.entries()) {
    if (one instanceof Error) yield missed(config.queries[i]?.name ?? '', one)
  }
  if (alerts instanceof Error) yield missed('ALERTS', alerts)
}

/** Step by step, what every query and the alerts had to say. */
function* intakeOf(
  { chunk, queries, alerts }: Answered,
  config: RangeConfig,
  tools: RangeTools,
  firing: Map<string, Alert>,
): Generator<Intake> {
  const { stepMs } = config
  const told = queries.map((tracks) => (tracks instanceof Error ? [] : tracks.map(cursorOf)))
  for (const tracks of told) for (const { identity } of tracks) tools.onTarget(identity.target)
  const sent = alerts instanceof Error ? undefined : alerts.map((one) => ({ ...alertOf(one, tools), next: 0 }))
  // Half a step is allowed for: seconds are written with three digits.
  const slackMs = Math.min(1, stepMs / 2)
  for (let at = chunk.fromMs; at <= chunk.toMs; at += stepMs) {
    const known = tools.news()
    if (known) yield { ...known, at }
    for (const [i, tracks] of told.entries()) {
      const samples = samplesAt(tracks, at, slackMs)
      const source = `prometheus ${config.queries[i]?.name ?? ''}`
      const observation = { source, intervalMs: Math.max(config.staleAfterMs / 3, stepMs), samples }
      if (samples.length > 0) yield { kind: 'observed', at, observation }
    }
    const news = sent && alertsAt(sent, at, stepMs, firing, slackMs)
    if (news && news.length > 0) yield { kind: 'alerts', at, alerts: news }
  }
}

type Cursor = Track & { next: number }
const cursorOf = (track: Track): Cursor => ({ ...track, next: 0 })

function samplesAt(tracks: readonly Cursor[], at: number, slackMs: number): Sample[] {
  const samples: Sample[] = []
  for (const track of tracks) {
    const value = valueAt(track, at, slackMs)
    if (value === undefined || !NUMBER.test(value)) continue
    const { metric, target, labels } = track.identity
    samples.push({ metric, target, labels, at, value: Number(value) })
  }
  return samples
}

/** The value at a moment, where there is one; the cursor goes on beyond it. */
function valueAt(
  track: { readonly points: RangeSeries['points']; next: number },
  at: number,
  slackMs: number,
): string | undefined {
  for (let point = track.points[track.next]; point; point = track.points[track.next]) {
    const pointMs = Math.round(point[0] * 1000)
    if (pointMs > at + slackMs) return undefined
    track.next += 1
    if (pointMs >= at - slackMs) return point[1]
  }
  return undefined
}

type FiringSeries = {
  readonly labels: Labels
  readonly fingerprint: string
  readonly points: RangeSeries['points']
  next: number
}

function alertOf({ labels: given, points }: RangeSeries, tools: RangeTools): Omit<FiringSeries, 'next'> {
  const { __name__: _name, alertstate: _state, ...rest } = given
  const labels = sortedLabels(rest)
  const target = tools.targetOf(labels)
  if (target !== undefined) tools.onTarget(target)
  return { labels, fingerprint: fingerprintOf(labels), points }
}

/** What Alertmanager would have been sent at this moment: what fires, again and again, and what fires no more, once. */
function alertsAt(
  series: readonly FiringSeries[],
  at: number,
  stepMs: number,
  firing: Map<string, Alert>,
  slackMs: number,
): Alert[] {
  const now = new Map<string, Alert>()
  for (const one of series) {
    if (valueAt(one, at, slackMs) === undefined) continue
    const { labels, fingerprint } = one
    const startsAt = firing.get(fingerprint)?.startsAt ?? at
    const times = { startsAt, endsAt: at + SILENT_STEPS * Math.max(stepMs, 60_000), receivedAt: at }
    now.set(fingerprint, { fingerprint, status: 'firing', labels, annotations: {}, source: 'prometheus', ...times })
  }
  const ended = [...firing.values()]
    .filter(({ fingerprint }) => !now.has(fingerprint))
    .map((alert): Alert => ({ ...alert, status: 'resolved', endsAt: at, receivedAt: at }))
  firing.clear()
  for (const [fingerprint, alert] of now) firing.set(fingerprint, alert)
  return [...ended, ...now.values()]
}
