import type { Entry, EntryBody, EntryKind } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import type { Plan } from '../domain/plan.ts'
import type { PairReport, Report, WouldHave } from '../domain/report.ts'
import type { Outcome } from '../domain/run.ts'
import { objections, SHADOW, wouldPropose, type Verdict } from '../domain/verdict.ts'
import { durationText } from '../lib/duration.ts'
import { summaryOf } from '../lib/stats.ts'

/** The kinds of entries that a report is made of. */
export const REPORTED: readonly EntryKind[] = [
  ...(['incident-opened', 'incident-closed', 'would-run', 'not-run', 'run-ended', 'marked-wrong'] as const),
  ...(['taken-over', 'held', 'charted', 'alerts-received'] as const),
]

type Told = Pick<Entry, 'at' | 'body' | 'incident'>

/** One incident, as far as the entries tell of it. */
type Story = {
  readonly id: string
  opened?: number
  ended?: { readonly by: NonNullable<Incident['endedBy']>; readonly at: number }
  /** By policy and remedy: said once for an incident. */
  readonly would: Map<string, { readonly at: number; readonly plan: Plan; readonly how: WouldHave['how'] }>
  readonly others: { readonly at: number; readonly text: string }[]
  wrong: boolean
}

/**
 * What happened from `from` on and before `to`, in epoch milliseconds. Entries are oldest first; those after `to` tell how
 * things went on.
 */
export function reportOf(
  entries: Iterable<Told>,
  { from, to }: { readonly from: number; readonly to: number },
): Report {
  const all = [...entries]
  const during = all.filter(({ at }) => at.wallMs >= from && at.wallMs < to)
  const stories = [...storiesOf(all).values()]
  const opened = stories.filter((story) => within(story.opened, { from, to }))
  const ended = (by: Incident['endedBy']): number => opened.filter((story) => story.ended?.by === by).length
  const wouldHave = stories
    .flatMap(wouldHaveOf)
    .filter(({ at }) => within(at, { from, to }))
    .toSorted((a, b) => a.at - b.at)
  return {
    from,
    to,
    incidents: {
      opened: opened.length,
      open: opened.filter((story) => !story.ended).length,
      endedBy: { kintsugi: ended('kintsugi'), itself: ended('itself'), unknown: ended('unknown') },
    },
    wouldHave,
    pairs: pairsOf(wouldHave),
    runs: outcomesOf(during),
    kept: keptOf(during),
    wrong: during.flatMap(({ body }) =>
      body?.kind === 'marked-wrong' ? [{ subject: body.subject, by: body.by, reason: body.reason }] : [],
    ),
    alerts: alertsOf(during),
  }
}

function within(at: number | undefined, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return at !== undefined && at >= from && at < to
}

function storiesOf(entries: readonly Told[]): Map<string, Story> {
  const stories = new Map<string, Story>()
  for (const { body, incident, at } of entries) {
    if (body?.kind === 'held') noteHold(body, at.wallMs, stories.values())
    if (!body || incident === undefined) continue
    const story = stories.get(incident) ?? { id: incident, would: new Map(), others: [], wrong: false }
    stories.set(incident, story)
    tell(story, body, at.wallMs)
  }
  return stories
}

function tell(story: Story, body: EntryBody, at: number): void {
  switch (body.kind) {
    case 'incident-opened':
      story.opened = at
      return
    case 'incident-closed':
      story.ended = { by: body.endedBy, at }
      return
    case 'would-run':
      return noteWould(story, body.plan, at, 'run')
    case 'not-run':
      return wouldPropose(body.verdict) ? noteWould(story, body.plan, at, 'propose') : undefined
    case 'taken-over':
      return void story.others.push({ at, text: `${body.by} took it over: ${body.reason}` })
    case 'charted':
      for (const change of body.meanwhile ?? []) story.others.push(change)
      return
    case 'marked-wrong':
      story.wrong = true
      return
    default:
  }
}

function noteWould({ would }: Story, plan: Plan, at: number, how: WouldHave['how']): void {
  const pair = `${plan.policy} ${plan.remedy}`
  if (!would.has(pair)) would.set(pair, { plan, at, how })
}

/** Somebody declares a maintenance of what an open incident would have been treated at. */
function noteHold(body: Extract<EntryBody, { kind: 'held' }>, at: number, stories: Iterable<Story>): void {
  for (const { ended, would, others } of stories) {
    const plans = [...would.values()].map(({ plan }) => plan)
    const touches = plans.some((plan) => [plan.target, plan.owner, ...plan.within].includes(body.target))
    if (!ended && touches) others.push({ at, text: `${body.by} held ${body.target}: ${body.reason}` })
  }
}

function wouldHaveOf({ id, would, ended, others, wrong }: Story): WouldHave[] {
  return [...would.values()].map(({ plan, at, how }) => ({
    incident: id,
    policy: plan.policy,
    remedy: plan.remedy,
    target: plan.target,
    at,
    how,
    ...(ended && { ended: { by: ended.by, afterMs: Math.max(0, ended.at - at) } }),
    others: others.map((other) => `${other.text}, ${sinceText(other.at - at)}`),
    wrong,
  }))
}

const sinceText = (ms: number): string => (ms < 0 ? `${durationText(-ms)} before` : `${durationText(ms)} later`)

function pairsOf(wouldHave: readonly WouldHave[]): PairReport[] {
  const pairs = Map.groupBy(wouldHave, ({ policy, remedy }) => `${policy} ${remedy}`)
  return [...pairs.values()]
    .flatMap((of) => (of[0] ? [pairOf(of[0], of)] : []))
    .toSorted((a, b) => b.times - a.times || (a.policy < b.policy ? -1 : 1))
}

function pairOf({ policy, remedy }: WouldHave, of: readonly WouldHave[]): PairReport {
  const ended = of.flatMap((one) => (one.ended ? [{ ...one, ended: one.ended }] : []))
  const median = summaryOf(ended.map((one) => one.ended.afterMs))?.median
  return {
    policy,
    remedy,
    times: of.length,
    endedAlone: ended.filter((one) => one.ended.by === 'itself' && one.others.length === 0).length,
    othersActed: of.filter(({ others }) => others.length > 0).length,
    wrong: of.filter(({ wrong }) => wrong).length,
    open: of.length - ended.length,
    ...(median !== undefined && { medianLaterMs: median }),
  }
}

function outcomesOf(entries: readonly Told[]): Report['runs'] {
  const counts: Partial<Record<Outcome, number>> = {}
  for (const { body } of entries) {
    if (body?.kind === 'run-ended') counts[body.outcome] = (counts[body.outcome] ?? 0) + 1
  }
  return counts
}

/** Gates that stood in the way, beside shadow, which always does. */
function keptOf(entries: readonly Told[]): Report['kept'] {
  const found = new Map<string, { readonly gate: string; readonly answer: 'hold' | 'deny'; incidents: Set<string> }>()
  const count = (verdict: Verdict, incident: string): void => {
    for (const { gate, answer } of objections(verdict)) {
      if (gate === SHADOW || answer === 'allow') continue
      const key = `${gate} ${answer}`
      const known = found.get(key) ?? { gate, answer, incidents: new Set() }
      found.set(key, known)
      known.incidents.add(incident)
    }
  }
  for (const { body, incident } of entries) if (body?.kind === 'not-run') count(body.verdict, incident ?? '')
  return [...found.values()]
    .map(({ gate, answer, incidents }) => ({ gate, answer, incidents: incidents.size }))
    .toSorted((a, b) => b.incidents - a.incidents || (a.gate < b.gate ? -1 : 1))
}

/** The newest word on each alert counts: what became of it. */
function alertsOf(entries: readonly Told[]): Report['alerts'] {
  const received = entries.flatMap(({ body }) => (body?.kind === 'alerts-received' ? body.alerts : []))
  const newest = [...new Map(received.map((alert) => [alert.fingerprint, alert])).values()]
  const without = newest.flatMap(({ aim, labels }) =>
    aim.kind === 'unmapped' ? [{ alertname: labels['alertname'] ?? 'without a name', reason: aim.reason }] : [],
  )
  const groups = Map.groupBy(without, ({ alertname, reason }) => `${alertname} ${reason}`)
  const unmapped = [...groups.values()].flatMap((of) => (of[0] ? [{ ...of[0], count: of.length }] : []))
  return {
    received: newest.length,
    mapped: newest.length - without.length,
    unmapped: unmapped.toSorted((a, b) => b.count - a.count || (a.alertname < b.alertname ? -1 : 1)).slice(0, MOST),
  }
}

/** A list of more helps nobody. */
const MOST = 20
