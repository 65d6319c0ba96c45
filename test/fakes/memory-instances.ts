import { BlindError, ConflictError, RetryableError } from '../../src/domain/errors.ts'
import type { Instances, InstanceState } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'

export type MemoryInstances = Instances & {
  /** Restarts done, oldest first. */
  readonly effects: readonly { readonly target: ResourceRef; readonly key: string; readonly at: number }[]
  /** What is so, whether it can be seen or not. */
  look(target: ResourceRef): InstanceState
  /** Changes what is so: `{ running: false }` is a crash, `{ ready: false }` a deaf instance. */
  set(target: ResourceRef, change: Partial<Omit<InstanceState, 'identity'>>): void
  becomeReady(target: ResourceRef): void
  /** Somebody else puts a new process behind the name. */
  replace(target: ResourceRef): void
  /** Who knows the instance stops answering, or answers again. */
  blind(target: ResourceRef, isBlind?: boolean): void
}

export type MemoryOptions = {
  readonly now?: () => number
  /** How many reads a new instance is not yet ready for; Infinity: until `becomeReady`. Default 0. */
  readonly readyAfterReads?: number
}

type Cell = { state: InstanceState; isBlind: boolean; warmUpReads: number }

/** Instances in memory; passes `instancesLaws` as the real ones do. All begin running and ready. */
export function memoryInstances(targets: readonly ResourceRef[], options: MemoryOptions = {}): MemoryInstances {
  const { now = () => 0, readyAfterReads = 0 } = options
  let lives = 0
  const born = (): InstanceState => ({ identity: `life-${++lives}`, running: true, ready: true, startedAtMs: now() })
  const cells = new Map<ResourceRef, Cell>()
  for (const target of targets) cells.set(target, { state: born(), isBlind: false, warmUpReads: 0 })
  const effects: MemoryInstances['effects'][number][] = []

  const cell = (target: ResourceRef): Cell => {
    const found = cells.get(target)
    if (!found) throw new BlindError(`cannot see '${target}': there is none of that name`)
    return found
  }
  const renew = (at: Cell): void => {
    at.warmUpReads = readyAfterReads
    at.state = { ...born(), ready: readyAfterReads === 0 }
  }
  return {
    effects,
    look: (target) => cell(target).state,
    set: (target, change) => {
      const at = cell(target)
      at.warmUpReads = 0
      at.state = { ...at.state, ...change, ready: change.ready ?? (change.running !== false && at.state.ready) }
    },
    becomeReady: (target) => {
      const at = cell(target)
      at.warmUpReads = 0
      at.state = { ...at.state, ready: true }
    },
    replace: (target) => renew(cell(target)),
    blind: (target, isBlind = true) => {
      cell(target).isBlind = isBlind
    },
    read: async (target, abort) => {
      const at = cell(target)
      if (at.isBlind || abort.aborted) throw new BlindError(`cannot see '${target}'`, { cause: abort.reason })
      const seen = at.state
      if (at.warmUpReads > 0 && --at.warmUpReads === 0) at.state = { ...seen, ready: true }
      return seen
    },
    restart: async (target, { ifIdentity, key }, abort) => {
      const at = cell(target)
      if (at.isBlind || abort.aborted) throw new RetryableError(`cannot reach '${target}'`, { cause: abort.reason })
      if (effects.some((effect) => effect.target === target && effect.key === key)) return
      if (at.state.identity !== ifIdentity) {
        throw new ConflictError(`'${target}' is ${at.state.identity} now, not ${ifIdentity}`)
      }
      effects.push({ target, key, at: now() })
      renew(at)
    },
  }
}
