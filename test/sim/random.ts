import { randomFrom } from '../../src/lib/random.ts'

/** Everything that chance decides, from one number: the same seed gives the same world. */
export type Random = {
  /** At least 0, less than 1. */
  next(): number
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
  /** One of the names, each as likely as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name
  bytes(count: number): Uint8Array
  /** A stream of its own, so that one part of the world that asks more often does not change another. */
  fork(name: string): Random
}

/** Good enough to choose faults. */
export function randomOf(seed: number): Random {
  const next = randomFrom(seed)
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (list) => {
      const at = int(0, list.length - 1)
      if (at >= list.length) throw new Error('cannot pick from an empty list')
      return list[at] as (typeof list)[number]
    },
    weighted: (weights) => {
      const entries = Object.entries<number>(weights) as [keyof typeof weights, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [name, weight] of entries) if ((left -= weight) < 0) return name
      throw new Error('cannot choose: no name has a weight')
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => int(0, 255)),
    fork: (name) => randomOf(hashOf(`${seed} ${name}`)),
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}
