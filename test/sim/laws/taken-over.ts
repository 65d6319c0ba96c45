import type { Seen } from '../history.ts'
import type { Law } from './law.ts'

/** Whoever was asked just before may begin: its question and the order passed each other. */
const SETTLED_MS = 100

/** What a person has taken over, Kintsugi leaves alone: it begins nothing in it, and only takes back what it did. */
export const takenOver: Law = {
  name: '+ taken over is left alone',
  watch({ sim, fail, onEntry }) {
    const since = new Map<string, Seen>()
    onEntry((entry) => {
      const { body, incident = '', run = '' } = entry
      if (body.kind === 'taken-over') {
        sim.counters.count('taken over')
        const isRunning = [...sim.history.runs.values()].some((one) => one.incident === incident && !one.ended)
        if (isRunning) sim.counters.count('taken over in a run')
        since.set(incident, entry)
      }
      if (body.kind === 'released') since.delete(body.subject)
      if (body.kind === 'incident-closed') since.delete(incident)
      const taken = since.get(incident)
      const begins = body.kind === 'run-started' || (body.kind === 'step-started' && body.effect)
      if (begins && taken && entry.at - taken.at > SETTLED_MS)
        fail(`${run}: ${body.kind} in ${incident}, which is taken over`)
      if (body.kind === 'proposed' && taken && entry.at - taken.at > PREVIEW_MS)
        fail(`something is proposed in ${incident}, which is taken over`)
    })
  },
}

/** A proposal that was being made takes this long at most; it is withdrawn then. */
const PREVIEW_MS = 60_000
