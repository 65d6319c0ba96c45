import type { Entry } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import type { RecordReader } from '../domain/ports.ts'
import { related, type Topology } from '../domain/topology.ts'

/** Which occurrences of schedules were seen to: folded from the record, so that a restart repeats none. */
export type SeenTo = {
  /** Takes in one entry, in the order of the record. */
  note(entry: Pick<Entry, 'body' | 'incident'>): void
  /** The newest occurrence seen to, by the fingerprint of its finding, in epoch milliseconds. */
  now(open: readonly Incident[], topology: Topology): ReadonlyMap<string, number>
}

/** How far back a start reads: schedules that ran longer ago than so many incidents are due again anyhow. */
const LOOK_BACK = 2000

export async function readSeenTo(record: RecordReader): Promise<SeenTo> {
  const seenTo = makeSeenTo()
  const kinds = ['incident-opened', 'incident-changed', 'incident-closed'] as const
  const entries = await record.entries({ kinds, newestFirst: true, limit: LOOK_BACK })
  for (const entry of entries.toReversed()) seenTo.note(entry)
  return seenTo
}

function makeSeenTo(): SeenTo {
  const closed = new Map<string, number>()
  const under = new Map<string, Map<string, number>>()
  return {
    note({ body, incident = '' }) {
      if (body?.kind === 'incident-opened' || body?.kind === 'incident-changed') {
        const due = under.get(incident) ?? new Map<string, number>()
        for (const { lead, fingerprint, since } of body.findings) if (lead === 'schedule') due.set(fingerprint, since)
        if (due.size > 0) under.set(incident, due)
      }
      if (body?.kind === 'incident-closed') {
        for (const [fingerprint, since] of under.get(incident) ?? []) closed.set(fingerprint, since)
        under.delete(incident)
      }
    },
    now: (open, topology) => new Map([...closed, ...open.flatMap((incident) => treatedIn(incident, topology))]),
  }
}

/** What a run of the incident has ended on, whatever came of it: the next try is the next occurrence. */
function treatedIn({ findings, attempts }: Incident, topology: Topology): [string, number][] {
  const ended = attempts.filter(({ outcome }) => outcome !== undefined && outcome !== 'abandoned')
  return findings
    .filter(({ lead, target }) => lead === 'schedule' && ended.some((run) => related(topology, run.target, target)))
    .map(({ fingerprint, since }) => [fingerprint, since])
}
