import { z } from 'zod'
import { ConflictError, RetryableError } from '../../src/domain/errors.ts'
import type { PlanStep } from '../../src/domain/plan.ts'
import type { AnyAction } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { Reversibility } from '../../src/domain/action.ts'

/** What the journal must already hold when an effect happens is asked here, at the moment of the effect. */
export type Effect = { readonly key: string; readonly target: ResourceRef; readonly what: string }

/** A world small enough to be compared as a value: lamps that can be set and set back, and bells that can be rung. */
export type Lamps = {
  readonly brightness: Map<ResourceRef, number>
  /** Keys of the bells that rang; a bell that knows the key of a ring does not ring again. */
  readonly rings: string[]
  /** Every write that changed something, in order. */
  readonly effects: Effect[]
  readonly actions: readonly AnyAction[]
}

export const A: ResourceRef = 'lab:shop/lamp/a'
export const B: ResourceRef = 'lab:shop/lamp/b'

export type Trouble = {
  /** Called before an action writes; a throw is the target's refusal. */
  readonly onWrite?: (effect: Effect, lamps: Lamps) => void | Promise<void>
  /** Called after it wrote: a throw is an answer that got lost. */
  readonly onWritten?: (effect: Effect, lamps: Lamps) => void | Promise<void>
  readonly verify?: AnyAction['verify']
  readonly stepTimeoutMs?: number
}

/** Fresh lamps, all dark, and the actions on them. */
export function newLamps(onEffect: (effect: Effect) => Promise<void>, trouble: Trouble = {}): Lamps {
  const brightness = new Map<ResourceRef, number>([
    [A, 0],
    [B, 0],
  ])
  const lamps: Lamps = { brightness, rings: [], effects: [], actions: [] }
  const write = async (effect: Effect, change: () => void): Promise<void> => {
    await trouble.onWrite?.(effect, lamps)
    await onEffect(effect)
    lamps.effects.push(effect)
    change()
    await trouble.onWritten?.(effect, lamps)
  }
  return Object.assign(lamps, { actions: actionsOn(lamps, write, trouble) })
}

type Write = (effect: Effect, change: () => void) => Promise<void>
type Setting = { readonly target: ResourceRef; readonly to: number }
type Seen = { readonly was: number }

function actionsOn(lamps: Lamps, write: Write, trouble: Trouble): AnyAction[] {
  const limits = { stepTimeoutMs: trouble.stepTimeoutMs ?? 5000, verifyWithinMs: 3000 }
  const base = { params: z.json(), snapshot: z.json(), limits }
  const capture: AnyAction['capture'] = async ({ params }) => ({
    was: lamps.brightness.get((params as Setting).target) ?? 0,
  })
  const verify: AnyAction['verify'] = trouble.verify ?? (async () => ({ status: 'pass' }))
  const ring = (repeat: 'safe' | 'never'): AnyAction => ({
    ...base,
    name: repeat === 'safe' ? 'ring' : 'ring-once',
    reversibility: 'irreversible',
    repeat,
    capture,
    verify,
    async apply({ params, key }) {
      if (lamps.rings.includes(key)) return
      await write({ key, target: (params as Setting).target, what: 'ring' }, () => lamps.rings.push(key))
    },
  })
  return [{ ...base, ...setLamp(lamps, write), capture, verify }, ring('safe'), ring('never')]
}

function setLamp(
  { brightness }: Lamps,
  write: Write,
): Pick<Extract<AnyAction, { reversibility: 'reversible' }>, 'apply' | 'rollback' | 'same' | 'name' | 'repeat'> & {
  readonly reversibility: 'reversible'
} {
  return {
    name: 'set-lamp',
    reversibility: 'reversible',
    repeat: 'safe',
    async apply({ params, before, key }) {
      const { target, to } = params as Setting
      const now = brightness.get(target)
      if (now === to) return
      if (now !== (before as Seen).was) throw new ConflictError(`cannot set ${target}: somebody set it to ${now}`)
      await write({ key, target, what: `set ${to}` }, () => brightness.set(target, to))
    },
    async rollback({ params, before, key }) {
      const { target, to } = params as Setting
      const now = brightness.get(target)
      const { was } = before as Seen
      if (now === was) return
      if (now !== to) throw new ConflictError(`cannot set ${target} back: somebody set it to ${now}`)
      await write({ key, target, what: `set ${was}` }, () => brightness.set(target, was))
    },
    same: (a, b) => (a as Seen).was === (b as Seen).was,
  }
}

export const lampStep = (target: ResourceRef, to = 7): PlanStep => step('set-lamp', target, 'reversible', to)
export const ringStep = (target: ResourceRef): PlanStep => step('ring', target, 'irreversible', 0)
export const ringOnceStep = (target: ResourceRef): PlanStep => step('ring-once', target, 'irreversible', 0)

function step(action: string, target: ResourceRef, reversibility: Reversibility, to: number): PlanStep {
  return { name: `${action} ${target}`, action, target, params: { target, to }, reversibility }
}

export const lost = (): never => {
  throw new RetryableError('the answer got lost', { retryAfterMs: 10 })
}
