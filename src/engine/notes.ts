import type { Change } from '../correlate/correlate.ts'
import { sameDiagnosis } from '../diagnose/diagnose.ts'
import type { Diagnosis } from '../domain/diagnosis.ts'
import type { EntryBody } from '../domain/entry.ts'
import { ConflictError } from '../domain/errors.ts'
import { reasonOf, WOULD_RUN } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { Ledger, Write } from '../domain/ledger.ts'
import type { Choice, Plan } from '../domain/plan.ts'
import type { Proposal, ProposalEnd } from '../domain/proposal.ts'
import { objections, type Verdict } from '../domain/verdict.ts'
import { latchOf } from '../gate/gates/attempts.ts'
import { shadowCharges } from './charges.ts'
import { note, type Engine } from './engine.ts'
import { acknowledgedBy } from './hands.ts'
import { chartedNow } from './views/charted.ts'

/** Where more end in one turn, nobody looks at each of them, and all are to end soon. */
const MOST_CHARTED = 20

/** Opens, updates and closes incidents, all at once. */
export function noteIncidents(engine: Engine, changes: readonly Change[]): Promise<void>[] {
  const keepsCharts = changes.filter((change) => change.do === 'close').length <= MOST_CHARTED
  return changes.map((change) => noteIncident(engine, change, keepsCharts))
}

async function noteIncident(engine: Engine, change: Change, keepsCharts: boolean): Promise<void> {
  if (change.do === 'open') {
    const incident = engine.ports.newId('inc')
    const { do: _, ...opened } = change
    const { owner } = change
    const writes = [{ do: 'open-incident' as const, incident, owner }]
    return note(engine, [{ kind: 'incident-opened', ...opened }], { incident, writes })
  }
  const { incident } = change
  if (change.do === 'update') {
    return note(engine, [{ kind: 'incident-changed', severity: change.severity, findings: change.findings }], {
      incident,
    })
  }
  engine.problems.delete(incident)
  const open = engine.incidents.get(incident)?.proposal
  const end = open && endOf(open, { as: 'withdrawn', reason: 'the incident has ended' })
  const writes: Write[] = [...(end ? [end.write] : []), { do: 'close-incident', incident }]
  const closed = { kind: 'incident-closed', endedBy: change.endedBy } as const
  const charted = keepsCharts ? chartedNow(engine, incident) : []
  return note(engine, [...(end ? [end.body] : []), ...charted, closed], { incident, writes }).catch(unlessEnded)
}

type End = {
  readonly as: Exclude<ProposalEnd, 'approved'>
  readonly reason: string
  readonly by?: string
}

/** The end of an open proposal: what is written down, and the change of the table with it. */
export function endOf({ id }: Proposal, end: End): { readonly body: EntryBody; readonly write: Write } {
  return {
    body: { kind: 'proposal-ended', proposal: id, ...end },
    write: { do: 'close-proposal', proposal: id, ...end },
  }
}

/** Somebody was quicker: the proposal has ended all the same, and the next turn sees how. */
export function unlessEnded(thrown: unknown): void {
  if (!(thrown instanceof ConflictError)) throw thrown
}

/** Ends a proposal. Throws ConflictError when somebody else has. */
export async function noteEnd(
  engine: Engine,
  proposal: Proposal,
  end: End,
  also: readonly EntryBody[] = [],
): Promise<void> {
  const { body, write } = endOf(proposal, end)
  // What only ends may use the reserve: nobody shall be kept from saying no.
  await note(engine, [body, ...also], { incident: proposal.incident, writes: [write], closing: true })
}

/** The causes, when they are others than before. */
export async function noteDiagnosis(engine: Engine, incident: Incident, diagnosis: Diagnosis): Promise<void> {
  if (sameDiagnosis(incident.diagnosis, diagnosis)) return
  await note(engine, [{ kind: 'diagnosed', diagnosis }], { incident: incident.id })
}

/** A decision not to plan: recorded when its reason changes; a person is paged where the ladder has come to one. */
export async function noteChoice(
  engine: Engine,
  incident: Incident,
  choice: Exclude<Choice, { kind: 'plan' }>,
): Promise<void> {
  const decided = { kind: 'decided', choice } as const
  if (incident.lastReason === reasonOf(decided)) return
  const paged: EntryBody = { kind: 'paged', about: incident.id, reason: choice.reason }
  // Whoever has taken it over, or looks at it, need not be called.
  const isSeen = incident.takenOver !== undefined || acknowledgedBy(incident, engine.ports.clock.moment()).length > 0
  await note(engine, [decided, ...(choice.kind === 'page' && !isSeen ? [paged] : [])], {
    incident: incident.id,
  })
}

/** A plan that the gates did not let run: recorded when the set of objections changes. */
export async function noteNotRun(
  engine: Engine,
  incident: Incident,
  plan: Plan,
  verdict: Verdict,
  ledger: Ledger,
): Promise<void> {
  const against = objections(verdict)
  const onlyShadow = against.every(({ gate }) => gate === 'shadow')
  if (onlyShadow) return noteWouldRun(engine, incident, plan, verdict, ledger)
  const notRun = { kind: 'not-run', plan, verdict } as const
  if (incident.lastReason === reasonOf(notRun)) return
  const bodies: EntryBody[] = [notRun]
  const writes: Write[] = []
  const latch =
    engine.settings.mode === 'live'
      ? latchOf(plan, ledger, engine.settings.limits, engine.ports.clock.moment())
      : undefined
  if (latch) {
    bodies.push({ kind: 'latched', owner: plan.owner, reason: latch })
    writes.push({ do: 'latch', owner: plan.owner, reason: latch })
  }
  const forPerson = against.filter(({ person }) => person)
  if (forPerson.length > 0) {
    const reason = forPerson.map(({ reason: why, unlocks }) => `${why}${unlocks ? ` (${unlocks})` : ''}`).join('; ')
    bodies.push({ kind: 'paged', about: incident.id, reason: `${plan.remedy} on ${plan.target} is held: ${reason}` })
  }
  await note(engine, bodies, { incident: incident.id, writes })
}

/**
 * In shadow a run is written down once per incident and spends the shadow ledger, so that the limits of thirty days in
 * shadow are those of thirty days live.
 */
async function noteWouldRun(
  engine: Engine,
  incident: Incident,
  plan: Plan,
  verdict: Verdict,
  ledger: Ledger,
): Promise<void> {
  // Said again once something else stood in the way meanwhile, or a release wiped the reasons; not spent again.
  if (incident.wouldRun && incident.lastReason === WOULD_RUN) return
  const spend: Write = { do: 'spend', owner: plan.owner, run: plan.id, shadow: true, seen: ledger.lastAttempt }
  const writes = incident.wouldRun ? [] : [spend, ...shadowCharges(engine, plan, ledger.lastDisturbance)]
  await note(engine, [{ kind: 'would-run', plan, verdict }], { incident: incident.id, writes })
}
