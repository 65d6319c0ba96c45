import { covers, type ResourceRef } from '../../../src/domain/resource.ts'
import { ancestors, partsIn, related } from '../../../src/domain/topology.ts'
import type { Seen } from '../history.ts'
import { NEVER_AGAIN } from '../settings.ts'
import { TOPOLOGY } from '../shop.ts'
import type { Law } from './law.ts'
import { isWithin } from './time.ts'

const SETTLED_MS = 100

/**
 * The law beside the invariants: no effect against `never` or in a freeze window, on what a person holds, by a policy that may not act by
 * itself, by what cannot be undone where no policy allows it, or that leaves too few instances.
 */
export const bounds: Law = {
  name: '+ within bounds',
  watch({ sim, fail, onEntry }) {
    const held = new Map<ResourceRef, { readonly entry: Seen; readonly forMs: number }>()
    onEntry((entry) => {
      const { body, run = '' } = entry
      if (body.kind === 'held') {
        sim.counters.count('target hold')
        held.set(body.target, { entry, forMs: body.forMs })
      }
      if (body.kind === 'released') held.delete(body.subject as ResourceRef)
      const view = sim.history.runs.get(run)
      const isUndo = body.kind === 'undo-started'
      if (!view || !(isUndo || (body.kind === 'step-started' && body.effect))) return
      const name = isUndo ? body.step : body.step.replace(/\/apply$/, '')
      const step = view.plan.steps.find((one) => one.name === name)
      if (!step) return fail(`${run} has no step ${name}`)
      const { target } = step
      if (tooFew(target)) fail(`${run}: ${body.kind} on ${target} leaves too few`)
      if (isUndo || sim.clock.trueMs() - sim.adopted.since < SETTLED_MS) return
      const { never, freezeWindows, policies } = sim.adopted.settings
      const lineage = [target, ...ancestors(TOPOLOGY, target)]
      if (never.some((pattern) => lineage.some((ref) => covers(pattern, ref)))) fail(`${run} acts on ${target}: never`)
      for (const { name: window, targets = ['**'], allow } of freezeWindows) {
        if (allow.includes(view.plan.policy)) continue
        if (targets.some((pattern) => lineage.some((ref) => covers(pattern, ref)))) {
          fail(`${run} acts on ${target} in the freeze window ${window}`)
        }
      }
      const policy = policies.find((one) => one.name === view.plan.policy)
      if (policy?.windows?.every(({ when }) => when === NEVER_AGAIN)) fail(`${run} acts, and its windows are over`)
      const may = policy?.autonomy === 'auto' || policy?.autonomy === 'approve'
      if (!may) fail(`${run} acts by a policy that may only ${policy?.autonomy}`)
      const lasting = step.reversibility === 'irreversible' || step.reversibility === 'external'
      if (lasting && !policy?.allowIrreversible.includes(step.action)) fail(`${run}: ${step.action} is not allowed`)
      for (const [ref, hold] of held) {
        const isHeld = isWithin(hold.entry, entry.seq, hold.forMs, sim)
        if (isHeld && related(TOPOLOGY, ref, target)) fail(`${run} acts on ${target}, ${ref} is held`)
      }
    })

    const isReady = (ref: ResourceRef): boolean | undefined => {
      const seen = sim.sight.fresh('up', ref)
      return seen && seen.value > 0
    }
    const tooFew = (target: ResourceRef): boolean => {
      const owner = TOPOLOGY.get(target)?.partOf
      if (!owner || isReady(target) === false) return false
      const left = partsIn(TOPOLOGY, owner).filter((ref) => ref !== target && isReady(ref) === true)
      return left.length < sim.adopted.settings.limits.minHealthy
    }
  },
}
