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

/** So much of a series as was read: by index, its time and its value. */
type SeriesRead = {
  readonly metric: string
  readonly labels: Labels
  readonly target: ResourceRef
  readonly intervalMs: number
  readonly length: number
  /** Stretches without a gap: the index of the first sample, then the times and the values. */
  readonly samples: readonly (readonly [from: number, times: readonly number[], values: readonly number[]])[]
}

/** What was read, by value. Each list is of a question and its answer. */
export type Reads = {
  readonly series: readonly SeriesRead[]
  /** Answers are places in `series`. */
  readonly selects: readonly (readonly [question: string, answer: readonly number[]])[]
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
  const views = new Map<Series, Noted>()
  const selects = new Map<string, readonly Series[]>()
  const [recent, on, aimed, lines, others] = [
    asking((target: ResourceRef) => senses.windows.recent?.(target) ?? []),
    asking((target: ResourceRef) => alerts?.on(target) ?? []),
    asking((name: string) => [...(alerts?.targets(name === '' ? undefined : name) ?? [])]),
    asking((target: ResourceRef) => logs?.(target) ?? []),
    asking(senses.elsewhere),
  ]
  const viewOf = (one: Series): Series => {
    const known = series.get(one)
    if (known) return known.view
    const noted = notedSeries(one)
    series.set(one, noted)
    views.set(noted.view, noted)
    return noted.view
  }
  const select: Windows['select'] = (target, metric, matchers) => {
    const question = questionOf(target, metric, matchers)
    const known = selects.get(question)
    if (known) return known
    const answer = senses.windows.select(target, metric, matchers).map(viewOf)
    selects.set(question, answer)
    return answer
  }
  const windows: Windows = { select, ...(senses.windows.recent && { recent: recent.ask }) }
  return {
    senses: {
      windows,
      elsewhere: others.ask,
      ...(alerts && { alerts: { on: on.ask, targets: (name) => aimed.ask(name ?? '') } }),
      ...(logs && { logs: lines.ask }),
    },
    taken: () => {
      const places = new Map([...series.values()].map(({ view }, i) => [view, i]))
      return {
        series: [...series.values()].map(readOf),
        selects: [...selects].map(([question, answer]) => [question, answer.map((one) => places.get(one) ?? -1)]),
        recent: recent.answers(),
        ...(alerts && { alerts: on.answers(), alertTargets: aimed.answers() }),
        ...(logs && { logs: lines.answers() }),
        elsewhere: others.answers().filter(([, findings]) => findings.length > 0),
      }
    },
  }
}

/** The same senses from what was read of them; throws where something is asked that nobody asked then. */
export function sensesFrom(reads: Reads): Senses {
  const series = reads.series.map(seriesFrom)
  const selects = new Map(reads.selects.map(([question, places]) => [question, places.flatMap((i) => series[i] ?? [])]))
  const others = new Map(reads.elsewhere)
  const { alerts, alertTargets = [], logs } = reads
  const [aimed, on] = [answering('the targets of alerts', alertTargets), answering('the alerts on', alerts ?? [])]
  const selected = answering('the windows of', [...selects])
  return {
    windows: {
      select: (target, metric, matchers) => selected(questionOf(target, metric, matchers)),
      recent: answering('the newest samples of', reads.recent),
    },
    ...(alerts && { alerts: { on, targets: (name) => aimed(name ?? '') } }),
    ...(logs && { logs: answering('the log of', logs) }),
    elsewhere: (target) => others.get(target) ?? [],
  }
}

function questionOf(target: ResourceRef, metric: string, matchers: readonly Matcher[] = []): string {
  const tests = matchers.map(({ label, op, value }) => [label, op, value])
  return JSON.stringify(tests.length === 0 ? [target, metric] : [target, metric, tests])
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
  const { metric, labels, target, intervalMs, length } = view
  return { metric, labels, target, intervalMs, length, samples }
}

function seriesFrom({ samples, ...series }: SeriesRead): Series {
  const times = new Map(samples.flatMap(([from, list]) => list.map((time, i) => [from + i, time] as const)))
  const values = new Map(samples.flatMap(([from, , list]) => list.map((value, i) => [from + i, value] as const)))
  const outside = (i: number): boolean => i < 0 || i >= series.length
  const what = `sample of ${series.metric} on ${series.target}`
  const [timeOf, valueOf] = [answering(what, [...times]), answering(what, [...values])]
  return {
    ...series,
    timeAt: (i) => (outside(i) ? Number.NaN : timeOf(i)),
    valueAt: (i) => (outside(i) ? Number.NaN : valueOf(i)),
  }
}
