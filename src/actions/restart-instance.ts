import { z } from 'zod'
import type { Action } from '../domain/action.ts'
import type { Instances, InstanceState } from '../domain/ports.ts'
import { ResourceRef } from '../domain/resource.ts'

type Params = { readonly target: ResourceRef }
type Snapshot = InstanceState

/**
 * Ends one instance and starts it anew. There is no way back: what the old process held in memory is gone.
 *
 * A restart that was cut off may have been done. `apply` therefore looks first: another process behind the name means
 * that there is nothing left to do, and the target knows the key of a restart that it did already.
 */
export const restartInstance: Action<Params, Snapshot, { readonly instances: Instances }> = {
  name: 'restart-instance',
  params: z.strictObject({ target: ResourceRef }),
  snapshot: z.strictObject({ identity: z.string(), running: z.boolean(), ready: z.boolean(), startedAtMs: z.number() }),
  reversibility: 'irreversible',
  repeat: 'safe',
  limits: { stepTimeoutMs: 10_000, verifyWithinMs: 30_000 },

  async capture({ params: { target }, tools: { instances }, abort }) {
    const { identity, running, ready, startedAtMs } = await instances.read(target, abort)
    return { identity, running, ready, startedAtMs }
  },

  async apply({ params: { target }, before, key, tools: { instances }, abort }) {
    const now = await instances.read(target, abort)
    if (now.identity !== before.identity) return
    await instances.restart(target, { ifIdentity: before.identity, key }, abort)
  },

  async verify({ params: { target }, before, tools: { instances }, abort }) {
    const now = await instances.read(target, abort)
    if (now.identity === before.identity) return { status: 'pending', reason: `${target} is still the same process` }
    if (!now.running) return { status: 'pending', reason: `the new process of ${target} has ended` }
    if (!now.ready) return { status: 'pending', reason: `the new process of ${target} is not ready` }
    return { status: 'pass' }
  },

  // Whether it calls itself ready comes and goes with what ails it.
  same: (a, b) => a.identity === b.identity && a.running === b.running,

  async byHand({ params: { target }, tools: { instances } }) {
    return { apply: (await instances.byHand?.(target)) ?? [], undo: [] }
  },

  diff: (_params, { identity, running }) => [
    { name: 'process', from: running ? identity : `${identity} (ended)`, to: 'a new one' },
  ],
}
