import type { ResourceRef } from '../../../src/domain/resource.ts'
import { related } from '../../../src/domain/topology.ts'
import type { RunView, Seen } from '../history.ts'
import { TOPOLOGY } from '../shop.ts'
import { awakeMs } from '../state.ts'
import type { Law } from './law.ts'
import { isWithin } from './time.ts'

/** Whoever was asked just before may begin: its question and the hand passed each other. */
const SETTLED_MS = 100

/** Where somebody else is at it, or whoever would know cannot be asked, nothing is begun: neither a run nor a step. */
export const handsOff: Law = {
  name: '+ hands off',
  watch({ sim, fail, onEntry }) {
    /** By incident: who said that they look at it. */
    const acknowledged = new Map<string, { readonly entry: Seen; readonly forMs: number }>()
    const owners = new Map<string, ResourceRef>()
    onEntry((entry) => {
      const { body, incident = '', run = '' } = entry
      if (body.kind === 'incident-opened') owners.set(incident, body.owner)
      if (body.kind === 'acknowledged') {
        sim.counters.count('acknowledged')
        acknowledged.set(incident, { entry, forMs: body.forMs ?? Infinity })
      }
      if (body.kind === 'released') acknowledged.delete(body.subject)
      if (body.kind === 'incident-closed') acknowledged.delete(incident)
      const view = sim.history.runs.get(run)
      if (!view || !(body.kind === 'run-started' || (body.kind === 'step-started' && body.effect))) return
      const now = sim.clock.trueMs()
      for (const { kind, target, until, sinceAwakeMs } of sim.hands) {
        if (now >= until || awakeMs(sim) - sinceAwakeMs <= SETTLED_MS) continue
        if (target === undefined || touches(view, target)) fail(`${run}: ${body.kind}, and there is a ${kind}`)
      }
      for (const [id, { entry: said, forMs }] of acknowledged) {
        const owner = owners.get(id)
        const isSaid = entry.at - said.at > SETTLED_MS && isWithin(said, entry.seq, forMs, sim)
        // Whoever said so may approve.
        const isTheirs = view.state.approval !== undefined
        if (isSaid && !isTheirs && owner && touches(view, owner))
          fail(`${run}: ${body.kind}, and ${id} is acknowledged`)
      }
    })
  },
}

function touches({ plan }: RunView, ref: ResourceRef): boolean {
  return [plan.target, ...plan.steps.map(({ target }) => target)].some((one) => related(TOPOLOGY, one, ref))
}
