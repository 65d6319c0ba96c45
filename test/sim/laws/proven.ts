import { rulesOf } from '../../../src/diagnose/engines/rules.ts'
import type { Entry } from '../../../src/domain/entry.ts'
import { knownParts } from '../../../src/engine/proof/known.ts'
import { deriveAgain } from '../../../src/engine/proof/prove.ts'
import type { Seen } from '../history.ts'
import type { Law } from './law.ts'

/** Every so many seeds: it derives whole records again, which takes longer than it took to make them. */
const EVERY = 5

/**
 * Invariant 9, its last word: every decision of every incident is derived again from its entries alone, by the gates that
 * decided (a mutant's too: whether those were right is for other laws to say).
 */
export const proven: Law = {
  name: '9 decisions are derived again',
  watch({ sim, fail, onEnd }) {
    onEnd(() => {
      const { history, life, counters, seed } = sim
      const ports = life?.running?.engine.ports
      if (!ports || seed % EVERY !== 0) return
      const entries = history.entries.map(entryOf)
      const part = knownParts(entries)
      const rooms = { gates: ports.gates, engines: ports.engines, rulesOf, remedies: ports.remedies }
      const incidents = Map.groupBy(entries, ({ incident }) => incident)
      for (const [incident, own] of incidents) {
        if (incident === undefined) continue
        for (const { seq, decision, result, problems } of deriveAgain(own, part, rooms)) {
          counters.count('derived again')
          if (result !== 'same') fail(`entry ${seq}, ${decision} ${result}: ${problems.join('; ')}`)
        }
      }
    })
  },
}

function entryOf({ seq, moment, kind, body, incident, run }: Seen): Entry {
  const about = { ...(incident !== undefined && { incident }), ...(run !== undefined && { run }) }
  return { seq, at: moment, kind, body, digest: '', chain: '', ...about }
}
