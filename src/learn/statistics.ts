import { creditFor, type Credit } from '../domain/credit.ts'
import type { Entry, EntryKind } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import type { Outcome } from '../domain/run.ts'
import { summaryOf, type Summary } from '../lib/stats.ts'

/** What the record says of a stretch of time. Durations are milliseconds. */
export type Statistics = {
  readonly incidents: {
    readonly opened: number
    readonly open: number
    readonly endedBy: Readonly<Record<NonNullable<Incident['endedBy']>, number>>
    /** Of which people said that they, or a run in them, were treated wrongly. */
    readonly wrong: number
  }
  /** Mean time to detect and its kin: from the first violated sample to the incident. */
  readonly detect?: Summary
  /** From the incident to the first diagnosis that names a cause. */
  readonly locate?: Summary
  /** MTTR: from the first violated sample to the end of an incident that Kintsugi healed. */
  readonly repair?: Summary
  /** Of all runs. */
  readonly credits: Credits
  readonly remedies: readonly RemedyStatistics[]
  /** Of the incidents that ended: the share that ended by itself, without any run. */
  readonly noiseShare?: number
}

/** How often a remedy was run, what became of it, and how long its runs took. */
export type RemedyStatistics = {
  readonly remedy: string
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>
  readonly runs: number
  /** Runs of which people said that they were wrong. */
  readonly wrong: number
  /** To whom it is owed, where its runs ended well. */
  readonly credits: Credits
  /** Healed, and fixed by us, of the runs that applied something and have ended. */
  readonly successRate?: number
  readonly duration?: Summary
}

/** How often it was fixed by us, recovered alone, or nobody knows. */
export type Credits = Readonly<Record<Credit, number>>

/** The kinds of entries that statistics are made of. */
export const COUNTED: readonly EntryKind[] = [
  ...(['incident-opened', 'incident-closed', 'diagnosed', 'run-started', 'run-ended', 'marked-wrong'] as const),
]

/** Folds entries, oldest first. What began before the first of them is left out: half of it is unknown. */
export function statisticsOf(entries: Iterable<Pick<Entry, 'incident' | 'run' | 'at' | 'body'>>): Statistics {
  const episodes = new Map<string, Episode>()
  const runs = new Map<string, Attempt>()
  for (const entry of entries) countEntry(entry, episodes, runs)
  const all = [...episodes.values()]
  const ended = all.filter(({ endedBy }) => endedBy !== undefined)
  const endings = (by: Incident['endedBy']): number => ended.filter(({ endedBy }) => endedBy === by).length
  const noise = ended.filter(({ endedBy, runs: count }) => endedBy === 'itself' && count === 0)
  return {
    incidents: {
      opened: all.length,
      open: all.length - ended.length,
      wrong: all.filter(({ wrong }) => wrong).length,
      endedBy: { kintsugi: endings('kintsugi'), itself: endings('itself'), unknown: endings('unknown') },
    },
    ...summarised(
      'detect',
      all.map(({ openedAt, brokeAt }) => openedAt - brokeAt),
    ),
    ...summarised(
      'locate',
      all.flatMap(({ openedAt, locatedAt }) => (locatedAt === undefined ? [] : [locatedAt - openedAt])),
    ),
    ...summarised('repair', ended.flatMap(repairMs)),
    credits: creditsOf([...runs.values()]),
    remedies: remediesOf([...runs.values()]),
    ...(ended.length > 0 && { noiseShare: noise.length / ended.length }),
  }
}

type Episode = {
  readonly brokeAt: number
  readonly openedAt: number
  locatedAt?: number
  closedAt?: number
  endedBy?: NonNullable<Incident['endedBy']>
  runs: number
  wrong?: true
}

type Attempt = {
  readonly remedy: string
  readonly startedAt: number
  endedAt?: number
  outcome?: Outcome
  credit?: Credit
  wrong?: true
}

function countEntry(
  { incident = '', run = '', at, body }: Pick<Entry, 'incident' | 'run' | 'at' | 'body'>,
  episodes: Map<string, Episode>,
  runs: Map<string, Attempt>,
): void {
  const episode = episodes.get(incident)
  switch (body?.kind) {
    case 'incident-opened': {
      // What was due is no trouble that was met: it would flatter every figure.
      const broken = body.findings.filter(({ lead }) => lead === undefined)
      if (broken.length === 0) return
      const brokeAt = Math.min(at.wallMs, ...broken.map(({ since }) => since))
      return void episodes.set(incident, { brokeAt, openedAt: at.wallMs, runs: 0 })
    }
    case 'diagnosed':
      if (episode && body.diagnosis.hypotheses.length > 0) episode.locatedAt ??= at.wallMs
      return
    case 'incident-closed':
      if (episode) Object.assign(episode, { closedAt: at.wallMs, endedBy: body.endedBy })
      return
    case 'run-started':
      if (episode) episode.runs += 1
      return void runs.set(run, { remedy: body.plan.remedy, startedAt: at.wallMs })
    case 'marked-wrong':
      if (episode) episode.wrong = true
      return void Object.assign(runs.get(body.subject) ?? {}, { wrong: true })
    case 'run-ended':
      return void Object.assign(runs.get(run) ?? {}, {
        endedAt: at.wallMs,
        outcome: body.outcome,
        ...(body.credited && { credit: body.credited.credit }),
      })
    default:
  }
}

function repairMs({ brokeAt, closedAt, endedBy }: Episode): number[] {
  return endedBy === 'kintsugi' && closedAt !== undefined ? [closedAt - brokeAt] : []
}

function remediesOf(runs: readonly Attempt[]): RemedyStatistics[] {
  const byRemedy = Map.groupBy(runs, ({ remedy }) => remedy)
  return [...byRemedy]
    .map(([remedy, own]) => remedyOf(remedy, own))
    .toSorted((a, b) => b.runs - a.runs || (a.remedy < b.remedy ? -1 : 1))
}

function remedyOf(remedy: string, runs: readonly Attempt[]): RemedyStatistics {
  const outcomes: Partial<Record<Outcome, number>> = {}
  for (const { outcome } of runs) if (outcome) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  const ours = runs.filter((run) => run.outcome === 'healed' && creditFor(run) === 'fixed-by-us').length
  const judged = runs.filter(({ outcome }) => outcome !== undefined && outcome !== 'abandoned').length
  const times = runs.flatMap(({ startedAt, endedAt }) => (endedAt === undefined ? [] : [endedAt - startedAt]))
  return {
    remedy,
    outcomes,
    credits: creditsOf(runs),
    runs: runs.length,
    wrong: runs.filter(({ wrong }) => wrong).length,
    ...(judged > 0 && { successRate: ours / judged }),
    ...summarised('duration', times),
  }
}

/** What was neither mended nor well before has no credit to give, and is not counted. */
function creditsOf(runs: readonly Attempt[]): Credits {
  const owed = runs.filter(
    ({ outcome, credit }) => credit !== undefined || outcome === 'healed' || outcome === 'helped',
  )
  const of = (credit: Credit): number => owed.filter((run) => creditFor(run) === credit).length
  return { 'fixed-by-us': of('fixed-by-us'), 'recovered-alone': of('recovered-alone'), unknown: of('unknown') }
}

function summarised<Name extends string>(name: Name, values: readonly number[]): { readonly [key in Name]?: Summary } {
  const summary = summaryOf(values)
  return summary ? ({ [name]: summary } as { [key in Name]: Summary }) : {}
}
