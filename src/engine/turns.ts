import { setImmediate } from 'node:timers/promises'
import { ConflictError, messageOf, RecordUnwritableError } from '../domain/errors.ts'
import { openAttempt } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { Engine } from './engine.ts'

/** Incidents of which nothing is decided yet that one turn works on; the rest wait for the next, which follows at once. */
const NEWS_PER_TURN = 250
/** Incidents that wait, and are looked at again in one turn: so many at least, and all of them within so many turns. */
const WAITING_PER_TURN = 50
const TURNS_FOR_ALL = 40
/** So many are treated before others get their turn. */
const AT_A_STRETCH = 10

/**
 * The open incidents in which something is wrong and that no run is at, no proposal is being made for and no person has, as many as one turn may take: first
 * what is new, so that it does not stand behind thousands that wait.
 */
export function incidentsToTreat(engine: Engine): readonly Incident[] {
  const idle = engine.incidents
    .open()
    .filter((one) => one.findings.length > 0 && !openAttempt(one) && one.status !== 'escalated')
    .filter(({ id }) => !engine.proposing.has(id))
  const news = idle.filter(({ waitingFor }) => waitingFor.length === 0)
  const waiting = idle.filter(({ waitingFor }) => waitingFor.length > 0)
  if (news.length > NEWS_PER_TURN) engine.wake()
  const share = Math.max(WAITING_PER_TURN, Math.ceil(waiting.length / TURNS_FOR_ALL))
  return [...inTurn(engine, news, NEWS_PER_TURN), ...inTurn(engine, waiting, share)]
}

/** Some of them, others with every turn, so that no incident starves behind the rest. */
function inTurn({ loop }: Engine, incidents: readonly Incident[], most: number): readonly Incident[] {
  if (incidents.length <= most) return incidents
  const from = (loop.turns * most) % incidents.length
  return [...incidents.slice(from), ...incidents.slice(0, from)].slice(0, most)
}

/** Takes what is being written down, to be waited for together with what others write. */
export type Later = (note: Promise<void>) => void

/**
 * Treats one after the other; one that cannot be treated keeps no other waiting. What they write down goes to the record
 * as it comes, in one group, and is there when this resolves.
 */
export async function eachApart(
  engine: Engine,
  incidents: readonly Incident[],
  treat: (incident: Incident, later: Later) => Promise<void>,
): Promise<void> {
  const notes: Promise<void>[] = []
  const failures: unknown[] = []
  for (const [at, incident] of incidents.entries()) {
    if (at > 0 && at % AT_A_STRETCH === 0) await setImmediate()
    const apart = async (work: Promise<void>): Promise<void> =>
      work.catch((thrown: unknown) => {
        if (!isBearable(engine, incident, thrown)) failures.push(thrown)
      })
    await apart(treat(incident, (note) => notes.push(apart(note))))
    if (failures.length > 0) break
  }
  await Promise.all(notes)
  if (failures.length > 0) throw failures[0]
}

/** Waits for everything that is being written down, then throws what went wrong first. */
export async function allNoted(notes: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(notes)
  for (const one of settled) if (one.status === 'rejected') throw one.reason
}

function isBearable(engine: Engine, incident: Incident, thrown: unknown): boolean {
  if (thrown instanceof RecordUnwritableError) return false
  // A conflict is news from another run: the next turn sees it.
  if (!(thrown instanceof ConflictError)) logOnce(engine, incident, messageOf(thrown))
  return true
}

function logOnce(engine: Engine, incident: Incident, problem: string): void {
  if (engine.problems.get(incident.id) === problem) return
  engine.problems.set(incident.id, problem)
  engine.ports.log.error({ incident: incident.id, problem }, 'incident could not be treated')
}
