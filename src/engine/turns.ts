import { ConflictError, messageOf, RecordUnwritableError } from '../domain/errors.ts'
import { openAttempt } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { Engine } from './engine.ts'

/** Incidents that one turn works on; the rest wait for the next, which then follows at once. */
const INCIDENTS_PER_TURN = 50

/** The open incidents in which something is wrong and that no run and no person is at, as many as one turn may take. */
export function incidentsToTreat(engine: Engine): readonly Incident[] {
  const idle = engine.incidents
    .open()
    .filter((one) => one.findings.length > 0 && !openAttempt(one) && one.status !== 'escalated')
  if (idle.length > INCIDENTS_PER_TURN) engine.wake()
  return inTurn(engine, idle).slice(0, INCIDENTS_PER_TURN)
}

/** Rotates by turn, so that no incident starves behind fifty others. */
function inTurn(engine: Engine, incidents: readonly Incident[]): readonly Incident[] {
  const from = incidents.length > INCIDENTS_PER_TURN ? (engine.loop.turns * INCIDENTS_PER_TURN) % incidents.length : 0
  return [...incidents.slice(from), ...incidents.slice(0, from)]
}

/** Treats one after the other; one that cannot be treated keeps no other waiting. */
export async function eachApart(
  engine: Engine,
  incidents: readonly Incident[],
  treat: (incident: Incident) => Promise<void>,
): Promise<void> {
  for (const incident of incidents) {
    try {
      await treat(incident)
    } catch (thrown) {
      if (thrown instanceof RecordUnwritableError) throw thrown
      // A conflict is news from another run: the next turn sees it.
      if (!(thrown instanceof ConflictError)) logOnce(engine, incident, messageOf(thrown))
    }
  }
}

function logOnce(engine: Engine, incident: Incident, problem: string): void {
  if (engine.problems.get(incident.id) === problem) return
  engine.problems.set(incident.id, problem)
  engine.ports.log.error({ incident: incident.id, problem }, 'incident could not be treated')
}
