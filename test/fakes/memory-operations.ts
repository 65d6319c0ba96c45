import { BlindError, ConflictError, RetryableError, TerminalError } from '../../src/domain/errors.ts'
import type { Doing, Operations, Spec } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'

export type MemoryOperations = Operations & {
  /** What was done through the capability, oldest first. */
  readonly effects: readonly {
    readonly target: ResourceRef
    readonly key: string
    readonly params: Spec['values']
  }[]
  /** How often it was done, whether that can be seen or not. */
  look(target: ResourceRef): number
  /** Somebody else does it. */
  doByHand(target: ResourceRef): void
  /** The target begins anew, and counts from zero. */
  restart(target: ResourceRef): void
  /** The target stops answering, or answers again. */
  blind(target: ResourceRef, isBlind?: boolean): void
}

export type MemoryOperationsOptions = {
  /** Whether a target takes parameters. Default: any. */
  readonly takes?: (params: Spec['values']) => boolean
  readonly facts?: Doing['facts']
}

type Cell = { generation: number; isBlind: boolean; keys: Set<string> }

/** Operations in memory; pass `operationsLaws` as the real ones do. */
export function memoryOperations(
  targets: readonly ResourceRef[],
  { takes = () => true, facts = {} }: MemoryOperationsOptions = {},
): MemoryOperations {
  const born = (): Cell => ({ generation: 0, isBlind: false, keys: new Set() })
  const cells = new Map<ResourceRef, Cell>(targets.map((target) => [target, born()]))
  const effects: MemoryOperations['effects'][number][] = []
  const cell = (target: ResourceRef): Cell => {
    const found = cells.get(target)
    if (!found) throw new BlindError(`cannot see '${target}': there is none of that name`)
    return found
  }
  return {
    effects,
    look: (target) => cell(target).generation,
    doByHand: (target) => {
      cell(target).generation += 1
    },
    restart: (target) => {
      cells.set(target, born())
    },
    blind: (target, isBlind = true) => {
      cell(target).isBlind = isBlind
    },
    read: async (target, abort) => {
      const at = cell(target)
      if (at.isBlind || abort.aborted) throw new BlindError(`cannot see '${target}'`, { cause: abort.reason })
      return { generation: at.generation, facts }
    },
    run: async (target, { params, ifGeneration, key }, abort) => {
      const at = cell(target)
      if (at.isBlind || abort.aborted) throw new RetryableError(`cannot reach '${target}'`, { cause: abort.reason })
      if (at.keys.has(key)) return
      if (!takes(params)) throw new TerminalError(`'${target}' does not take ${JSON.stringify(params)}`)
      if (at.generation !== ifGeneration) {
        throw new ConflictError(`'${target}' has done it ${at.generation} times now, not ${ifGeneration}`)
      }
      at.generation += 1
      at.keys.add(key)
      effects.push({ target, key, params })
    },
  }
}
