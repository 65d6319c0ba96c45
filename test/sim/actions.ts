import { z } from 'zod'
import type { Act, Action, Look } from '../../src/domain/action.ts'
import { ConflictError } from '../../src/domain/errors.ts'
import type { AnyAction } from '../../src/domain/ports.ts'
import { ResourceRef } from '../../src/domain/resource.ts'
import { actions } from '../../src/actions/registry.ts'
import type { Cache, Targets, Weights } from './network.ts'

type WeightParams = { readonly target: ResourceRef; readonly weight: number }
type WeightSnapshot = { readonly weight: number; readonly revision: number }

/**
 * Sets how much of the traffic an instance gets: reversible. An undo that finds nothing to restore still writes the old
 * weight again, so that an apply which is still on its way meets another revision and is refused.
 */
export const setWeight: Action<WeightParams, WeightSnapshot, { readonly weights: Weights }> = {
  name: 'set-weight',
  params: z.strictObject({ target: ResourceRef, weight: z.number() }),
  snapshot: z.strictObject({ weight: z.number(), revision: z.number() }),
  reversibility: 'reversible',
  repeat: 'safe',
  limits: { stepTimeoutMs: 4000, verifyWithinMs: 6000 },

  capture: ({ params: { target }, tools: { weights }, abort }) => weights.read(target, abort),

  async apply({ params: { target, weight }, before, key, tools: { weights }, abort }) {
    const now = await weights.read(target, abort)
    if (now.weight === weight) return
    if (now.revision !== before.revision) throw new ConflictError(`cannot set the weight of '${target}': it changed`)
    await weights.set(target, { weight, ifRevision: now.revision, key }, abort)
  },

  async verify({ params: { target, weight }, tools: { weights }, abort }) {
    const now = await weights.read(target, abort)
    return now.weight === weight ? { status: 'pass' } : { status: 'pending', reason: `its weight is ${now.weight}` }
  },

  async rollback({ params: { target, weight }, before, key, tools: { weights }, abort }) {
    const now = await weights.read(target, abort)
    if (now.weight !== weight && now.weight !== before.weight) {
      throw new ConflictError(`cannot restore the weight of '${target}': somebody set ${now.weight}`)
    }
    await weights.set(target, { weight: before.weight, ifRevision: now.revision, key: `${key}#back` }, abort)
  },

  same: (a, b) => a.weight === b.weight,

  diff: ({ weight }, before) => (weight === before.weight ? [] : [{ name: 'weight', from: before.weight, to: weight }]),
}

type FlushParams = { readonly target: ResourceRef }

/** Empties a cache: nobody can tell whether it was done already, so a cut-off one is not repeated. */
const flushCache: Action<FlushParams, Record<string, never>, { readonly cache: Cache }> = {
  name: 'flush-cache',
  params: z.strictObject({ target: ResourceRef }),
  snapshot: z.strictObject({}),
  reversibility: 'external',
  repeat: 'never',
  limits: { stepTimeoutMs: 3000, verifyWithinMs: 3000 },
  capture: async () => ({}),
  apply: ({ params: { target }, key, tools: { cache }, abort }) => cache.flush(target, key, abort),
  verify: async () => ({ status: 'pass' }),
}

/** Every action there is, and the simulator's own. */
export function simActions(targets: Targets): AnyAction[] {
  return [...actions.values(), own(setWeight, targets), own(flushCache, targets)]
}

/** Forgets an action's types. Unlike real capabilities, the simulator's come with the action. */
function own<Params, Snapshot, Tools>(action: Action<Params, Snapshot, Tools>, tools: Tools): AnyAction {
  const look = (x: Look<unknown, unknown>): Look<Params, Tools> => ({
    params: action.params.parse(x.params),
    abort: x.abort,
    tools,
  })
  const act = (x: Act<unknown, unknown, unknown>): Act<Params, Snapshot, Tools> => ({
    ...look(x),
    before: action.snapshot.parse(x.before),
    key: x.key,
  })
  const erased = {
    ...action,
    capture: async (x: Look<unknown, unknown>) => action.capture(look(x)),
    apply: async (x: Act<unknown, unknown, unknown>) => action.apply(act(x)),
    verify: async (x: Act<unknown, unknown, unknown>) => action.verify(act(x)),
    ...(action.reversibility === 'reversible' && {
      rollback: async (x: Act<unknown, unknown, unknown>) => action.rollback(act(x)),
    }),
  }
  return erased as unknown as AnyAction
}
