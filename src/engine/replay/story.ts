import type { NewEntry } from '../../domain/entry.ts'
import { reasonOf } from '../../domain/incident-fold.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Plan } from '../../domain/plan.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { objections, SHADOW, wouldPropose, type GateAnswer, type Verdict } from '../../domain/verdict.ts'

/**
 * What would have become of an incident at one moment: `act`, `propose` (a person is asked), `held` or `denied` by
 * gates, `page` (a person), or `none`. Times are epoch milliseconds.
 */
export type Deed = {
  readonly at: number
  readonly what: 'act' | 'propose' | 'held' | 'denied' | 'page' | 'none'
  readonly policy?: string
  readonly remedy?: string
  readonly target?: ResourceRef
  /** The gates that object, and why; for `page` and `none` there is one reason and no gate. */
  readonly gates: readonly Omit<GateAnswer, 'answer'>[]
  readonly reason?: string
}

/** What Kintsugi itself did at the time that is replayed. */
export type Acted = {
  readonly at: number
  readonly run: string
  readonly remedy: string
  readonly target: ResourceRef
}

/** One incident of the replay, from its beginning to its end. */
export type Story = {
  readonly incident: string
  readonly owner: ResourceRef
  readonly severity: Incident['severity']
  readonly policies: readonly string[]
  /** Nothing but blindness was ever found in it. */
  readonly isBlind: boolean
  readonly openedAt: number
  readonly endedAt?: number
  /**
   * `alone`: nobody that is known of did anything. `after-effect`: Kintsugi itself had acted on it when this was
   * recorded. `unseen`: what it was about is gone, so that nobody knows whether its users are well.
   */
  readonly ended?: 'alone' | 'after-effect' | 'unseen'
  readonly deeds: readonly Deed[]
  /** Why people would have been paged. */
  readonly pages: readonly { readonly at: number; readonly reason: string }[]
  readonly acted: readonly Acted[]
  /** From the first deed that would have had an effect, or asked for one, to the end by itself, in milliseconds. */
  readonly aheadMs?: number
}

/** The stories, told by what is written down. */
export type Stories = {
  note(entry: NewEntry, at: number): void
  /** That Kintsugi itself acted on an owner then. */
  acted(owner: ResourceRef, deed: Acted): void
  all(): readonly Story[]
  /** Written down about no incident: pages about the whole. */
  pages(): number
}

type Telling = { -readonly [Key in keyof Story]: Story[Key] extends readonly (infer One)[] ? One[] : Story[Key] } & {
  last?: string
}

export function tellStories(): Stories {
  const stories = new Map<string, Telling>()
  const done: { readonly owner: ResourceRef; readonly deed: Acted }[] = []
  let pages = 0
  return {
    note: ({ body, incident = '' }, at) => {
      if (body.kind === 'paged' && !stories.has(incident)) pages += 1
      if (body.kind !== 'incident-opened') return void tell(stories.get(incident), body, at)
      const { owner, severity, findings } = body
      // The live loop was quicker: what it did about this comes before what is found here.
      const since = Math.min(...findings.map((finding) => finding.since))
      const before = done.filter((one) => one.owner === owner && one.deed.at >= since)
      stories.set(incident, {
        incident,
        owner,
        severity,
        policies: namesIn(findings),
        isBlind: findings.every(({ state }) => state === 'blind'),
        openedAt: at,
        deeds: [],
        pages: [],
        acted: before.map(({ deed }) => deed),
      })
    },
    acted: (owner, deed) => {
      done.push({ owner, deed })
      for (const story of stories.values()) {
        if (story.endedAt === undefined && story.owner === owner) story.acted.push(deed)
      }
    },
    all: () => [...stories.values()].map(({ last: _, ...story }) => story),
    pages: () => pages,
  }
}

function tell(story: Telling | undefined, body: NewEntry['body'], at: number): void {
  if (!story) return
  switch (body.kind) {
    case 'incident-changed':
      story.severity = body.findings.length === 0 ? story.severity : body.severity
      story.policies = [...new Set([...story.policies, ...namesIn(body.findings)])]
      story.isBlind &&= body.findings.every(({ state }) => state === 'blind')
      return
    case 'incident-closed':
      return close(story, body.endedBy, at)
    case 'paged':
      return void story.pages.push({ at, reason: body.reason })
    case 'decided':
      return add(story, { at, what: body.choice.kind, gates: [], reason: body.choice.reason }, reasonOf(body))
    case 'would-run':
      return add(story, { at, what: 'act', ...about(body.plan), gates: [] }, `act ${body.plan.remedy}`)
    case 'not-run':
      return add(story, { at, ...notRun(body.verdict), ...about(body.plan) }, reasonOf(body))
    default:
  }
}

function close(story: Telling, endedBy: NonNullable<Incident['endedBy']>, at: number): void {
  story.endedAt = at
  story.ended = story.acted.length > 0 ? 'after-effect' : endedBy === 'itself' ? 'alone' : 'unseen'
  const first = story.deeds.find(({ what }) => what === 'act' || what === 'propose')
  if (first && story.ended === 'alone') story.aheadMs = at - first.at
}

/**
 * The same deed for the same reasons is told once. What holds it after it would have acted is the would-be attempt itself,
 * and no news.
 */
function add(story: Telling, deed: Deed, key: string): void {
  if (story.last === key) return
  if ((deed.what === 'held' || deed.what === 'denied') && story.deeds.some(({ what }) => what === 'act')) return
  story.last = key
  story.deeds.push(deed)
}

function notRun(verdict: Verdict): Pick<Deed, 'what' | 'gates'> {
  const against = objections(verdict).filter(({ gate }) => gate !== SHADOW)
  const isDenied = against.some(({ answer }) => answer === 'deny')
  const what = wouldPropose(verdict) ? 'propose' : isDenied ? 'denied' : 'held'
  return { what, gates: against.map(({ answer: _, ...gate }) => gate) }
}

function about({ policy, remedy, target }: Plan): Pick<Deed, 'policy' | 'remedy' | 'target'> {
  return { policy, remedy, target }
}

function namesIn(findings: Incident['findings']): string[] {
  return [...new Set(findings.map(({ policy }) => policy))]
}
