import type { KnownAlert } from '../../domain/alert.ts'
import type { Elsewhere, Finding } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Labels, LogLine, Matcher, Sample, Series, Windows } from '../../domain/signal.ts'
import type { ReceivedAlerts } from '../ports.ts'

/** What a decision may read of the signals. */
export type Senses = {
  readonly windows: Windows
  readonly alerts?: Pick<ReceivedAlerts, 'on' | 'targets'>
  readonly logs?: (target: ResourceRef) => readonly LogLine[]
  readonly elsewhere: Elsewhere
}

/** So much of a series as was read: stretches without a gap, each the index of the first sample, then times and values. */
type Samples = readonly (readonly [from: number, times: readonly number[], values: readonly number[]])[]
type SeriesRead = readonly [labels: Labels, intervalMs: number, length: number, samples: Samples]

type Question = readonly [target: ResourceRef, metric: string, matchers: readonly Matcher[]]

/** What was read, by value. Each list is of a question and its answer. */
export type Reads = {
  readonly selects: readonly (readonly [...Question, readonly SeriesRead[]])[]
  readonly recent: readonly (readonly [ResourceRef, readonly Sample[]])[]
  /** Absent where nobody receives any. */
  readonly alerts?: readonly (readonly [ResourceRef, readonly KnownAlert[]])[]
  readonly alertTargets?: readonly (readonly [string, readonly ResourceRef[]])[]
  readonly logs?: readonly (readonly [ResourceRef, readonly LogLine[]])[]
  /** Of other incidents: those of whom something is wrong. */
  readonly elsewhere: readonly (readonly [ResourceRef, readonly Finding[]])[]
}

type Noted = { readonly of: Series; readonly view: Series; readonly read: Uint8Array }

/** Senses that note what is read of them. `taken` answers it as it is now: the windows move on. */
export function noting(senses: Senses): { readonly senses: Senses; taken(): Reads } {
  const { alerts, logs } = senses
  const series = new Map<Series, Noted>()
  const selects = new Map<
    string,
    { readonly question: Question; readonly answer: readonly Noted[]; readonly views: readonly Series[] }
  >()
  const [recent, on, aimed, lines, others] = [
    asking((target: ResourceRef) => senses.windows.recent?.(target) ?? []),
    asking((target: ResourceRef) => alerts?.on(target) ?? []),
    asking((name: string) => [...(alerts?.targets(name === '' ? undefined : name) ?? [])]),
    asking((target: ResourceRef) => logs?.(target) ?? []),
    asking(senses.elsewhere),
  ]
  const notedOf = (one: Series): Noted => {
    const noted = series.get(one) ?? notedSeries(one)
    series.set(one, noted)
    return noted
  }
  const select: Windows['select'] = (target, metric, matchers) => {
    const key = keyOf(target, metric, matchers)
    const known = selects.get(key)
    if (known) return known.views
    const answer = senses.windows.select(target, metric, matchers).map(notedOf)
    const views = answer.map(({ view }) => view)
    selects.set(key, { question: [target, metric, matchers ?? []], answer, views })
    return views
  }
  const windows: Windows = { select, ...(senses.windows.recent && { recent: recent.ask }) }
  return {
    senses: {
      windows,
      elsewhere: others.ask,
      ...(alerts && { alerts: { on: on.ask, targets: (name) => aimed.ask(name ?? '') } }),
      ...(logs && { logs: lines.ask }),
    },
    taken: () => ({
      selects: [...selects.values()].map(({ question, answer }) => [...question, answer.map(readOf)]),
      recent: recent.answers(),
      ...(alerts && { alerts: on.answers(), alertTargets: aimed.answers() }),
      ...(logs && { logs: lines.answers() }),
      elsewhere: others.answers().filter(([, findings]) => findings.length > 0),
    }),
  }
}

/** The same senses from what was read of them; throws where something is asked that nobody asked then. */
export function sensesFrom(reads: Reads): Senses {
  const selects = reads.selects.map(([target, metric, matchers, series]): [string, readonly Series[]] => [
    keyOf(target, metric, matchers),
    series.map((one) => seriesFrom(target, metric, one)),
  ])
  const others = new Map(reads.elsewhere)
  const { alerts, alertTargets = [], logs } = reads
  const [aimed, on] = [answering('the targets of alerts', alertTargets), answering('the alerts on', alerts ?? [])]
  const selected = answering('the windows of', selects)
  return {
    windows: {
      select: (target, metric, matchers) => selected(keyOf(target, metric, matchers)),
      recent: answering('the newest samples of', reads.recent),
    },
    ...(alerts && { alerts: { on, targets: (name) => aimed(name ?? '') } }),
    ...(logs && { logs: answering('the log of', logs) }),
    elsewhere: (target) => others.get(target) ?? [],
  }
}

function keyOf(target: ResourceRef, metric: string, matchers: readonly Matcher[] = []): string {
  // Most are asked without a test, and neither name holds a space.
  if (matchers.length === 0) return `${target} ${metric}`
  return JSON.stringify([target, metric, matchers.map(({ label, op, value }) => [label, op, value])])
}

function asking<Key, Answer>(
  of: (key: Key) => Answer,
): {
  ask(key: Key): Answer
  answers(): (readonly [Key, Answer])[]
} {
  const known = new Map<Key, Answer>()
  const ask = (key: Key): Answer => {
    const answer = known.get(key) ?? of(key)
    known.set(key, answer)
    return answer
  }
  return { ask, answers: () => [...known] }
}

function answering<Key, Answer>(what: string, answers: readonly (readonly [Key, Answer])[]): (key: Key) => Answer {
  const known = new Map(answers)
  return (key) => {
    const answer = known.get(key)
    if (answer === undefined) throw new Error(`the record does not hold ${what} ${String(key)}`)
    return answer
  }
}

function notedSeries(of: Series): Noted {
  const read = new Uint8Array(of.length)
  const noted = (i: number): number => {
    if (i >= 0 && i < read.length) read[i] = 1
    return i
  }
  const { metric, labels, target, intervalMs, length } = of
  const view: Series = {
    metric,
    labels,
    target,
    intervalMs,
    length,
    timeAt: (i) => of.timeAt(noted(i)),
    valueAt: (i) => of.valueAt(noted(i)),
  }
  return { of, view, read }
}

function readOf({ of, view, read }: Noted): SeriesRead {
  const samples: [number, number[], number[]][] = []
  for (let i = 0; i < read.length; i += 1) {
    if (!read[i]) continue
    const last = samples.at(-1)
    const [from, times, values] = last && last[0] + last[1].length === i ? last : [i, [], []]
    if (times.length === 0) samples.push([from, times, values])
    times.push(of.timeAt(i))
    values.push(of.valueAt(i))
  }
  return [view.labels, view.intervalMs, view.length, samples]
}

function seriesFrom(target: ResourceRef, metric: string, [labels, intervalMs, length, samples]: SeriesRead): Series {
  const times = new Map(samples.flatMap(([from, list]) => list.map((time, i) => [from + i, time] as const)))
  const values = new Map(samples.flatMap(([from, , list]) => list.map((value, i) => [from + i, value] as const)))
  const outside = (i: number): boolean => i < 0 || i >= length
  const what = `sample of ${metric} on ${target}`
  const [timeOf, valueOf] = [answering(what, [...times]), answering(what, [...values])]
  return {
    metric,
    labels,
    target,
    intervalMs,
    length,
    timeAt: (i) => (outside(i) ? Number.NaN : timeOf(i)),
    valueAt: (i) => (outside(i) ? Number.NaN : valueOf(i)),
  }
}
