import type { Measure, Measuring } from './measure.ts'
import { shown } from './shown.ts'
import { inSpreads } from './spread.ts'

type State = {
  readonly ring: readonly number[]
  readonly next: number
  readonly origin: number | null
  readonly sums: readonly [number, number]
}

const WINDOW = 1000
const WARM_UP = 30
/** Below this share of the values' size a spread is what rounding left of nothing. */
const ROUNDING = 1e-9

/** Distance from the mean of the last 1000 samples in their standard deviations; beyond 3 is the classic limit. */
export const zScore: Measure<State> = {
  name: 'z-score',
  warmUp: WARM_UP,
  for: ['counter', 'gauge', 'ratio', 'latency', 'histogram'],
  begin: (_, saved) => begin(saved),
}

function begin(saved?: State): Measuring<State> {
  const ring = new Float64Array(WINDOW)
  ring.set(saved?.ring ?? [])
  let [length, next] = [saved?.ring.length ?? 0, saved?.next ?? 0]
  // Sums of distances from the first value: the squares of large values would eat the digits of small differences.
  let origin = saved?.origin ?? Number.NaN
  let [sum, squares] = saved?.sums ?? [0, 0]
  let words = ''

  const take = (distance: number): void => {
    const old = length === WINDOW ? (ring[next] ?? 0) : 0
    ring[next] = distance
    next = (next + 1) % WINDOW
    length = Math.min(length + 1, WINDOW)
    sum += distance - old
    squares += distance * distance - old * old
    if (next === 0) [sum, squares] = summed(ring)
  }

  return {
    next: (_, value) => {
      if (Number.isNaN(origin)) origin = value
      const distance = value - origin
      const mean = sum / length
      const spread = Math.sqrt(Math.max(0, squares / length - mean * mean))
      const sure = spread > ROUNDING * Math.max(Math.abs(mean), Math.abs(origin)) ? spread : 0
      const off = Math.abs(distance - mean) > ROUNDING * Math.abs(origin) ? distance - mean : 0
      const deviation = length < WARM_UP ? Number.NaN : inSpreads(off, sure)
      words = `mean ${shown(origin + mean)} with deviation ${shown(sure)}, came ${shown(value)}`
      take(distance)
      return deviation
    },
    explain: () => words,
    save: () => ({
      ring: [...ring.subarray(0, length)],
      next,
      origin: Number.isNaN(origin) ? null : origin,
      sums: [sum, squares],
    }),
  }
}

/** From time to time anew: errors of adding and taking away do not add up. */
function summed(ring: Float64Array): [number, number] {
  let [sum, squares] = [0, 0]
  for (const distance of ring) {
    sum += distance
    squares += distance * distance
  }
  return [sum, squares]
}
