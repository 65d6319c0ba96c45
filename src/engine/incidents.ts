import { endedOf, isRecent, type Ended } from '../correlate/flapping.ts'
import { FencedError, RecordUnwritableError } from '../domain/errors.ts'
import { nextIncident, foldIncident } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { Commit, RecordPort, RecordReader } from '../domain/ports.ts'
import type { Topology } from '../domain/topology.ts'
import { readSeenTo } from './seen-to.ts'

/** The open incidents, folded from what was committed: memory is a copy of the record, never ahead of it. */
export type Incidents = {
  open(): readonly Incident[]
  /** What ended of late, by the time in epoch milliseconds. */
  ended(now: number): readonly Ended[]
  get(id: string): Incident | undefined
  /** The number of the last entry that an incident was folded from; 0 for one that was imagined. */
  upTo(incident: Incident): number
  /** The newest occurrence of each schedule that was seen to, by fingerprint, in epoch milliseconds. */
  seenTo(topology: Topology): ReadonlyMap<string, number>
  /** Why the last commit could not be written; undefined once one is again. */
  problem(): string | undefined
  /** Once a commit was refused because the record has another owner. */
  fenced(): FencedError | undefined
  /** The record, remembering what it acknowledged. Every commit of the owner goes through it. */
  readonly record: RecordPort
}

/** Reads the open incidents back from the record. */
export async function openIncidents(record: RecordPort): Promise<Incidents> {
  const known = new Map<string, Incident>()
  const upTo = new WeakMap<Incident, number>()
  for (const id of await record.openIncidents()) {
    const entries = await record.entries({ incident: id })
    const incident = foldIncident(entries)
    if (!incident) continue
    known.set(id, incident)
    upTo.set(incident, entries.at(-1)?.seq ?? 0)
  }
  const seenTo = await readSeenTo(record)
  let ended = await readEnded(record)
  let problem: string | undefined
  let fenced: FencedError | undefined
  const commit = async (change: Commit): Promise<number> => {
    const seq = await record.commit(change).catch((thrown: unknown) => {
      if (thrown instanceof RecordUnwritableError) problem = thrown.message
      if (thrown instanceof FencedError) fenced = thrown
      throw thrown
    })
    problem = undefined
    for (const [i, entry] of change.entries.entries()) {
      seenTo.note(entry)
      if (entry.incident === undefined) continue
      const next = nextIncident(known.get(entry.incident), { ...entry, at: change.at })
      if (next) upTo.set(next, seq + i)
      if (next && next.status !== 'resolved') known.set(entry.incident, next)
      else {
        const gone = next && known.has(entry.incident) ? endedOf(next) : undefined
        if (gone) ended = [...ended, gone]
        known.delete(entry.incident)
      }
    }
    return seq
  }
  return {
    open: () => [...known.values()],
    ended: (now) => (ended = ended.filter((one) => isRecent(one, now))),
    get: (id) => known.get(id),
    upTo: (incident) => upTo.get(incident) ?? 0,
    seenTo: (topology) => seenTo.now([...known.values()], topology),
    problem: () => problem,
    fenced: () => fenced,
    record: { ...record, commit },
  }
}

/** What may have ended of late when this owner starts, as far back as it is worth reading. */
async function readEnded(record: RecordPort): Promise<readonly Ended[]> {
  const closed = await record.entries({ kinds: ['incident-closed'], newestFirst: true, limit: MOST_ENDED })
  const ids = closed.flatMap(({ incident }) => incident ?? [])
  const incidents = await Promise.all(ids.map(async (id) => readIncident(record, id)))
  return incidents.flatMap((incident) => (incident?.status === 'resolved' ? (endedOf(incident) ?? []) : []))
}

const MOST_ENDED = 50

/** One incident as the record tells it; undefined when there is none of that name. */
export async function readIncident(reader: RecordReader, id: string): Promise<Incident | undefined> {
  return foldIncident(await reader.entries({ incident: id }))
}
