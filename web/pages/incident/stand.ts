import { bodyOf, inTheWay, planOf } from '../../../src/cli/story.ts'
import type { Credit } from '../../../src/domain/credit.ts'
import type { Entry } from '../../../src/domain/entry.ts'
import { openAttempt } from '../../../src/domain/incident-fold.ts'
import type { Incident } from '../../../src/domain/incident.ts'
import type { Plan } from '../../../src/domain/plan.ts'
import type { Proposal, ProposalEnd } from '../../../src/domain/proposal.ts'
import type { Outcome } from '../../../src/domain/run.ts'
import type { GateAnswer } from '../../../src/domain/verdict.ts'
import type { IncidentView, PlanView, Touched } from '../../../src/domain/view.ts'

/** What a run did: its plan, when its first effect landed (absent: none did), and how it ended, as far as it has. */
export type Deed = {
  readonly plan: Plan
  readonly at?: number
  readonly outcome?: Outcome
  readonly endedAt?: number
  /** To whom it is owed that it is well. */
  readonly credit?: Credit
}

/** Whether the users' own signals said that it helped: a run is healed only when no guard is violated. */
export function provedByUsers({ plan, outcome }: Deed): boolean {
  return outcome === 'healed' && plan.verify.guards.length > 0
}

/** Where an incident stands, as one of the things that can be said of it. Times are epoch milliseconds. */
export type Stand =
  | { readonly kind: 'new' | 'diagnosed' | 'blind' }
  | { readonly kind: 'waiting'; readonly proposal: Proposal }
  | {
      readonly kind: 'running'
      readonly plan?: Plan
      readonly stage: Touched['stage']
      readonly since: number
      /** Its first effect has landed. */
      readonly applied: boolean
      /** Who took the incident over meanwhile, so that it is brought to a safe point. */
      readonly stoppedBy?: string
    }
  | { readonly kind: 'ended'; readonly deed: Deed & { readonly outcome: Outcome }; readonly reason: string }
  | { readonly kind: 'kept-out'; readonly plan: Plan; readonly first?: GateAnswer; readonly others: number }
  | { readonly kind: 'would-run'; readonly plan: Plan }
  | { readonly kind: 'called' | 'nothing'; readonly reason: string }
  | {
      readonly kind: 'refused'
      readonly as: Exclude<ProposalEnd, 'approved'>
      readonly by?: string
      readonly reason: string
    }
  | { readonly kind: 'released'; readonly subject: string; readonly by: string; readonly reason: string }
  | { readonly kind: 'taken-over'; readonly by: string; readonly reason: string; readonly at: number }
  | { readonly kind: 'quiet'; readonly since: number; readonly returns: number; readonly deed?: Deed }
  | {
      readonly kind: 'over'
      readonly endedBy: NonNullable<Incident['endedBy']>
      readonly at: number
      readonly wellSince: number
      readonly deed?: Deed
      readonly wouldRun?: Plan
      readonly takenOverBy?: string
    }

/** Where the incident stands: its end, what is under way, what waits for a person, else the newest decision. */
export function standOf(view: IncidentView): Stand {
  const { incident } = view
  if (incident.closedAt !== undefined) return over(view, incident.closedAt)
  const running = runningIn(view)
  if (running) return running
  if (incident.takenOver) return { kind: 'taken-over', ...incident.takenOver }
  const newest = newestStand(view)
  const isKept = newest?.kind === 'ended' && (newest.deed.outcome === 'parked' || newest.deed.outcome === 'stuck')
  if (isKept) return newest
  if (view.proposal) return { kind: 'waiting', proposal: view.proposal }
  if (incident.quiet) return quiet(view, incident.quiet.since)
  const isStrong = newest?.kind === 'called' || newest?.kind === 'ended'
  if (isUnseen(incident) && !isStrong) return { kind: 'blind' }
  return newest ?? unrecorded(incident)
}

/** What of the gates is said first, and how many more there are. */
function keptOut({ plan, verdict }: { plan: Plan; verdict: Parameters<typeof inTheWay>[0] }): Stand {
  const [first, ...others] = inTheWay(verdict)
  return { kind: 'kept-out', plan, ...(first && { first }), others: others.length }
}

/** The newest entry that says where things stand. */
function newestStand(view: IncidentView): Stand | undefined {
  for (const entry of view.entries.toReversed()) {
    const stand = standIn(entry, view)
    if (stand) return stand
  }
  return undefined
}

function standIn({ body, run, at }: Entry, view: IncidentView): Stand | undefined {
  switch (body?.kind) {
    case 'decided':
      return { kind: body.choice.kind === 'page' ? 'called' : 'nothing', reason: body.choice.reason }
    case 'not-run':
      return keptOut(body)
    case 'would-run':
      return { kind: 'would-run', plan: body.plan }
    case 'proposal-ended':
      return { kind: 'refused', as: body.as, reason: body.reason, ...(body.by !== undefined && { by: body.by }) }
    case 'released':
      return { kind: 'released', subject: body.subject, by: body.by, reason: body.reason }
    case 'run-ended': {
      const shown = view.plans.find((plan) => plan.run === run)
      const plan = shown?.plan ?? planOf(view.entries, run ?? '')
      if (!plan) return undefined
      const deed = { ...(shown && deedOf(shown)), plan, outcome: body.outcome, endedAt: at.wallMs }
      return { kind: 'ended', deed, reason: body.reason }
    }
    default:
      return undefined
  }
}

/** Everything that is known to be wrong with it is something that nobody can see any more. */
export function isUnseen({ findings }: Pick<Incident, 'findings'>): boolean {
  return findings.length > 0 && findings.every(({ state }) => state === 'blind')
}

/** Where retention has pruned the entries, the incident's own words are left. */
function unrecorded({ waitingFor: [reason], status, diagnosis }: Incident): Stand {
  if (reason !== undefined) return { kind: status === 'escalated' ? 'called' : 'nothing', reason }
  return { kind: diagnosis ? 'diagnosed' : 'new' }
}

function runningIn(view: IncidentView): Stand | undefined {
  const attempt = openAttempt(view.incident)
  if (!attempt) return undefined
  const log = view.entries.filter(({ run }) => run === attempt.run)
  const plan = view.plans.find(({ run }) => run === attempt.run)?.plan ?? planOf(log, attempt.run)
  return {
    kind: 'running',
    ...(plan && { plan }),
    stage: stageOf(log),
    since: log[0]?.at.wallMs ?? view.incident.openedAt,
    applied: log.some((entry) => bodyOf(entry, 'step-succeeded')?.step.endsWith('/apply')),
    ...(view.incident.takenOver && { stoppedBy: view.incident.takenOver.by }),
  }
}

/** How far a run has come, by the newest step of its log. */
export function stageOf(log: readonly Entry[]): Touched['stage'] {
  for (const { body } of log.toReversed()) {
    if (body === undefined || !('step' in body)) continue
    if (body.kind.startsWith('undo-')) return 'undoing'
    if (body.step.startsWith('settle/')) return 'settling'
    if (/^compare \d+\//.test(body.step)) return 'comparing'
    if (body.step.endsWith('/verify')) return 'verifying'
    if (body.step.endsWith('/apply')) return body.kind === 'step-succeeded' ? 'verifying' : 'applying'
    return 'preparing'
  }
  return 'preparing'
}

/** What a plan did, if anything of it landed. */
export function deedOf({ plan, steps, outcome, startedAt, endedAt, credited }: PlanView): Deed | undefined {
  const landed = steps.filter(({ status }) => status === 'applied' || status === 'undone')
  if (landed.length === 0) return undefined
  const times = landed.flatMap(({ appliedAt }) => (appliedAt === undefined ? [] : [appliedAt]))
  const at = times.length > 0 ? Math.min(...times) : (startedAt ?? plan.at)
  const end = { ...(outcome && { outcome }), ...(credited && { credit: credited.credit }) }
  return { plan, at, ...end, ...(endedAt !== undefined && { endedAt }) }
}

/** The deed that counts: the one that healed or helped, else the newest. */
function tellingDeed({ plans }: IncidentView): Deed | undefined {
  const deeds = plans.flatMap((plan) => deedOf(plan) ?? [])
  const good = deeds.find(({ outcome }) => outcome === 'healed') ?? deeds.find(({ outcome }) => outcome === 'helped')
  return good ?? deeds[0]
}

function quiet(view: IncidentView, since: number): Stand {
  const deed = tellingDeed(view)
  return { kind: 'quiet', since, returns: view.incident.flapping?.returns ?? 0, ...(deed && { deed }) }
}

function over(view: IncidentView, at: number): Stand {
  const { incident } = view
  const deed = tellingDeed(view)
  return {
    kind: 'over',
    endedBy: incident.endedBy ?? 'unknown',
    at,
    wellSince: Math.min(at, incident.quiet?.since ?? at),
    ...(deed && { deed }),
    ...(incident.wouldRun && { wouldRun: incident.wouldRun }),
    ...(incident.takenOver && { takenOverBy: incident.takenOver.by }),
  }
}
