import { BlindError, ConflictError, RetryableError, TerminalError } from '../../src/domain/errors.ts'
import type { Spec, Specs } from '../../src/domain/ports.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { Json } from '../../src/lib/json.ts'

type Values = Spec['values']

export type MemorySpecs = Specs & {
  /** Patches that were taken, oldest first. */
  readonly effects: readonly { readonly target: ResourceRef; readonly key: string; readonly values: Values }[]
  /** What is so, whether it can be seen or not. */
  look(target: ResourceRef): Values
  /** Somebody else sets values. */
  set(target: ResourceRef, values: Values): void
  /** Who keeps the document stops answering, or answers again. */
  blind(target: ResourceRef, isBlind?: boolean): void
}

export type MemorySpecsOptions = {
  /** Whether a document takes a value under a name; null is never asked about. Default: any. */
  readonly takes?: (name: string, value: Json) => boolean
  /** Epoch milliseconds; effects that are held up end by it. Default: the machine's. */
  readonly now?: () => number
}

type Cell = {
  values: Map<string, Json>
  revision: number
  isBlind: boolean
  keys: Set<string>
  /** By name: what it was before, and when it is that again. */
  held: Map<string, { readonly until: number; readonly was: Json }>
}

/** Documents in memory; pass `specsLaws` as the real ones do. */
export function memorySpecs(
  documents: Readonly<Record<ResourceRef, Values>>,
  { takes = () => true, now = Date.now }: MemorySpecsOptions = {},
): MemorySpecs {
  const cells = new Map<string, Cell>()
  for (const [target, values] of Object.entries(documents)) {
    const known = Object.entries(values)
    cells.set(target, { values: new Map(known), revision: 1, isBlind: false, keys: new Set(), held: new Map() })
  }
  const effects: MemorySpecs['effects'][number][] = []

  const cell = (target: ResourceRef): Cell => {
    const at = cells.get(target)
    if (!at) throw new BlindError(`cannot see '${target}': there is none of that name`)
    const over = [...at.held].filter(([, { until }]) => until <= now()).map(([name, { was }]) => [name, was])
    if (over.length > 0) write(at, Object.fromEntries(over))
    return at
  }
  const look = (target: ResourceRef): Values => Object.fromEntries(cell(target).values)
  return {
    effects,
    look,
    set: (target, values) => write(cell(target), values),
    blind: (target, isBlind = true) => {
      cell(target).isBlind = isBlind
    },
    read: async (target, abort) => {
      const at = cell(target)
      if (at.isBlind || abort.aborted) throw new BlindError(`cannot see '${target}'`, { cause: abort.reason })
      return { revision: String(at.revision), values: look(target) }
    },
    patch: async (target, { values, ifRevision, key, holdMs }, abort) => {
      const at = cell(target)
      if (at.isBlind || abort.aborted) throw new RetryableError(`cannot reach '${target}'`, { cause: abort.reason })
      if (at.keys.has(key)) return
      const bad = Object.entries(values).find(([name, value]) => value !== null && !takes(name, value))
      if (bad) throw new TerminalError(`'${target}' takes no ${bad[0]} ${JSON.stringify(bad[1])}`)
      if (String(at.revision) !== ifRevision) {
        throw new ConflictError(`'${target}' is at revision ${at.revision} now, not ${ifRevision}`)
      }
      const was = Object.keys(values).map(
        (name) => [name, at.held.get(name)?.was ?? at.values.get(name) ?? null] as const,
      )
      write(at, values)
      if (holdMs !== undefined) for (const [name, old] of was) at.held.set(name, { until: now() + holdMs, was: old })
      at.keys.add(key)
      effects.push({ target, key, values })
    },
  }
}

/** Whoever sets a name ends what was held up under it. */
function write(at: Cell, values: Values): void {
  for (const [name, value] of Object.entries(values)) {
    at.held.delete(name)
    if (value === null) at.values.delete(name)
    else at.values.set(name, value)
  }
  at.revision += 1
}
