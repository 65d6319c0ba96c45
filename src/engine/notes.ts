import type { Change } from '../correlate/correlate.ts'
import { sameDiagnosis } from '../diagnose/diagnose.ts'
import type { Diagnosis } from '../domain/diagnosis.ts'
import type { EntryBody } from '../domain/entry.ts'
import { reasonOf } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { Ledger, Write } from '../domain/ledger.ts'
import type { Choice, Plan } from '../domain/plan.ts'
import { objections, type Verdict } from '../domain/verdict.ts'
import { latchOf } from '../gate/gates/attempts.ts'
import { note, type Engine } from './engine.ts'
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
  const writes = [{ do: 'close-incident' as const, incident }]
  const charted = keepsCharts ? chartedNow(engine, incident) : []
  return note(engine, [...charted, { kind: 'incident-closed', endedBy: change.endedBy }], { incident, writes })
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
  await note(engine, [decided, ...(choice.kind === 'page' ? [paged] : [])], {
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
  // A release wipes the reasons: then it is said again, and not spent again.
  if (incident.wouldRun && incident.waitingFor.length > 0) return
  const spend: Write = { do: 'spend', owner: plan.owner, run: plan.id, shadow: true, seen: ledger.lastAttempt }
  const writes = incident.wouldRun ? [] : [spend]
  await note(engine, [{ kind: 'would-run', plan, verdict }], { incident: incident.id, writes })
}
