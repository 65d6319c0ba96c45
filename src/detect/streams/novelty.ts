import type { Measure, Measuring } from './measure.ts'
import { sortedWindow } from './sorted-window.ts'
import { inSpreads, spreadOf } from './spread.ts'

type State = {
  readonly recent: readonly number[]
  readonly memory: readonly number[]
  readonly usual: readonly number[]
}

/** Shapes remembered. The nearest is looked for among all of them, so this bounds the work. */
const MEMORY = 500
const USUAL = 1000
const WARM_UP = 60

/**
 * A shape never seen: distance of the last `width` samples from the nearest of the last 500 such, none of which shares
 * a sample with it (a left discord, as of Yankov et al. 2008, with a bounded memory).
 */
export function novelty(width: number): Measure<State> {
  return {
    name: `novelty-${width}`,
    warmUp: WARM_UP + 2 * width,
    for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
    begin: (_, saved) => begin(width, saved),
  }
}

function begin(width: number, saved?: State): Measuring<State> {
  // One more sample than two shapes that touch: the oldest shape in it is the next to be remembered.
  const recent = [...(saved?.recent ?? [])]
  const memory = new Float64Array(MEMORY * width)
  memory.set(saved?.memory ?? [])
  let length = (saved?.memory.length ?? 0) / width
  let next = length % MEMORY
  const usual = sortedWindow(USUAL, saved?.usual)

  const remember = (): void => {
    memory.set(recent.slice(0, width), next * width)
    next = (next + 1) % MEMORY
    length = Math.min(length + 1, MEMORY)
    recent.shift()
  }

  return {
    next: (_, value) => {
      recent.push(value)
      usual.push(value)
      if (recent.length > 2 * width) remember()
      const shape = recent.slice(-width)
      if (length < WARM_UP) return Number.NaN
      return inSpreads(nearest(shape, memory, length), spreadOf(usual))
    },
    explain: () => `the last ${width} samples (${recent.slice(-width).join(', ')}) are like none of ${length} before`,
    save: () => ({ recent: [...recent], memory: inOrder(memory, length, next, width), usual: usual.save() }),
  }
}

/** Euclidean. A shape is left as soon as it is farther than the nearest so far. */
function nearest(shape: readonly number[], memory: Float64Array, length: number): number {
  const width = shape.length
  let best = Number.POSITIVE_INFINITY
  for (let start = 0; start < length * width; start += width) {
    let sum = 0
    for (let i = 0; i < width && sum < best; i++) {
      const off = (shape[i] ?? 0) - (memory[start + i] ?? 0)
      sum += off * off
    }
    if (sum < best) best = sum
  }
  return Math.sqrt(best)
}

/** Oldest first. */
function inOrder(memory: Float64Array, length: number, next: number, width: number): number[] {
  if (length < MEMORY) return [...memory.subarray(0, length * width)]
  return [...memory.subarray(next * width), ...memory.subarray(0, next * width)]
}
