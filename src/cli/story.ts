import type { Entry, EntryBody, EntryKind } from '../domain/entry.ts'
import type { Plan } from '../domain/plan.ts'
import type { Proposal, ProposalEnd } from '../domain/proposal.ts'
import { isRunEvent, type Outcome } from '../domain/run.ts'
import { type GateAnswer, objections, SHADOW, type Verdict } from '../domain/verdict.ts'
import { EXIT, type ExitCode } from './exit.ts'

export type BodyOf<Kind extends EntryKind> = Extract<EntryBody, { readonly kind: Kind }>

/** The body of an entry if it is of that kind and was not pruned. */
export function bodyOf<Kind extends EntryKind>(entry: Entry, kind: Kind): BodyOf<Kind> | undefined {
  return entry.body?.kind === kind ? (entry.body as BodyOf<Kind>) : undefined
}

/** The last body of a kind, and when it was written. */
export function lastOf<Kind extends EntryKind>(
  entries: readonly Entry[],
  kind: Kind,
): { readonly body: BodyOf<Kind>; readonly entry: Entry } | undefined {
  const entry = entries.findLast((entry) => bodyOf(entry, kind))
  const body = entry && bodyOf(entry, kind)
  return entry && body ? { entry, body } : undefined
}

/** What the record says last about whether something is being done. */
export type Stand =
  | { readonly kind: 'over' }
  | { readonly kind: 'new' }
  | { readonly kind: 'chosen'; readonly by: 'page' | 'none'; readonly reason: string }
  | { readonly kind: 'not-run' | 'would-run'; readonly plan: Plan; readonly verdict: Verdict; readonly at: number }
  | { readonly kind: 'proposed'; readonly proposal: Proposal }
  | {
      readonly kind: 'answered'
      readonly proposal: string
      readonly as: ProposalEnd
      readonly reason: string
      readonly by?: string
    }
  | { readonly kind: 'taken-over'; readonly by: string; readonly reason: string }
  | { readonly kind: 'released'; readonly subject: string; readonly by: string; readonly reason: string }
  | { readonly kind: 'running'; readonly run: string; readonly plan?: Plan }
  | {
      readonly kind: 'ended'
      readonly run: string
      readonly plan?: Plan
      readonly outcome: Outcome
      readonly reason: string
    }

/** Where an incident stands: the newest of its decisions, runs and ends. Entries are oldest first. */
export function standOf(entries: readonly Entry[]): Stand {
  if (lastOf(entries, 'incident-closed')) return { kind: 'over' }
  for (const entry of entries.toReversed()) {
    const stand = standIn(entry, entries)
    if (stand) return stand
  }
  return { kind: 'new' }
}

function standIn({ body, run, at }: Entry, entries: readonly Entry[]): Stand | undefined {
  if (body?.kind === 'decided') return { kind: 'chosen', by: body.choice.kind, reason: body.choice.reason }
  if (body?.kind === 'not-run' || body?.kind === 'would-run') {
    return { kind: body.kind, plan: body.plan, verdict: body.verdict, at: at.wallMs }
  }
  if (body?.kind === 'proposed' || body?.kind === 'released' || body?.kind === 'taken-over') return body
  if (body?.kind === 'proposal-ended') return { ...body, kind: 'answered' }
  if (run === undefined || body === undefined || !isRunEvent(body)) return undefined
  const plan = planOf(entries, run)
  const known = { run, ...(plan && { plan }) }
  if (body.kind === 'run-ended') return { kind: 'ended', ...known, outcome: body.outcome, reason: body.reason }
  return { kind: 'running', ...known }
}

type Unmet = Extract<Stand, { kind: 'not-run' | 'would-run' }>

/** The newest plan that did not run, unless a run or a proposal came after it. */
export function unmetPlan(entries: readonly Entry[]): Unmet | undefined {
  const kinds = ['not-run', 'would-run', 'proposed', 'run-started']
  const entry = entries.findLast(({ kind, body }) => body !== undefined && kinds.includes(kind))
  const stand = entry && standIn(entry, entries)
  return stand?.kind === 'not-run' || stand?.kind === 'would-run' ? stand : undefined
}

/** The plan of a run, as its log begins with it. */
export function planOf(entries: readonly Entry[], run: string): Plan | undefined {
  return lastOf(
    entries.filter((entry) => entry.run === run),
    'run-started',
  )?.body.plan
}

/** Every finding of the incident, now, is one that nobody can judge. */
export function onlyBlind(entries: readonly Entry[]): boolean {
  const now = lastFindings(entries)
  return now.length > 0 && now.every(({ state }) => state === 'blind')
}

export function lastFindings(entries: readonly Entry[]): BodyOf<'incident-changed'>['findings'] {
  const entry = entries.findLast(({ body }) => body?.kind === 'incident-opened' || body?.kind === 'incident-changed')
  return entry?.body && 'findings' in entry.body ? entry.body.findings : []
}

/** The run keeps its lock until a person releases it. */
export function isKept(outcome: Outcome): boolean {
  return outcome === 'parked' || outcome === 'stuck'
}

const BLINDNESS = 'blindness'

/** What stands in the way, strictest first; shadow, which denies everything, only when nothing else does. */
export function inTheWay(verdict: Verdict): readonly GateAnswer[] {
  const all = objections(verdict)
  const others = all.filter(({ gate }) => gate !== SHADOW)
  return others.length > 0 ? others : all
}

/** What stands in the way, as an exit code: held (a person, or time), denied, blind; ok when nothing does. */
export function exitOfStand(stand: Stand, blind: boolean): ExitCode {
  if (stand.kind === 'over') return EXIT.ok
  if (blind) return EXIT.blind
  if (stand.kind === 'proposed' || stand.kind === 'taken-over') return EXIT.held
  if (stand.kind === 'chosen') return stand.by === 'page' ? EXIT.held : EXIT.denied
  if (stand.kind === 'ended') return isKept(stand.outcome) ? EXIT.held : EXIT.ok
  if (stand.kind !== 'not-run' && stand.kind !== 'would-run') return EXIT.ok
  return exitOfVerdict(stand.verdict)
}

/** What a verdict keeps from running, as an exit code. */
export function exitOfVerdict(verdict: Verdict): ExitCode {
  const against = inTheWay(verdict)
  if (against.length === 0) return EXIT.ok
  if (against.some(({ answer }) => answer === 'deny')) return EXIT.denied
  return against.some(({ gate }) => gate === BLINDNESS) ? EXIT.blind : EXIT.held
}
