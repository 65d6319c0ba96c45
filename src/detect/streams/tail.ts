/** How rare a deviation is, by the history of the deviations themselves. */
export type Tail = {
  /** Log10 of the number of samples in which one such is expected; NaN while there are too few. Then takes it in. */
  next(deviation: number): number
  save(): number[]
}

const HISTORY = 4000
const ENOUGH = 20
/** The share of the history that is its tail, and the fewest that make one. */
const SHARE = 0.05
const FEWEST = 5
/** A tail is at least so long, by where it begins: equal deviations have no tail, and the next is not the rarest ever. */
const SHORTEST = 0.1
/** Log10: a history of thousands cannot tell of what happens once in more than ten thousand. */
const RAREST = 4

/** Deviations are remembered by size, in steps of 7.5 % from a hundredth to a million: one byte for each. */
const SIZES = 256
const SMALLEST = 1e-2
const STEPS = 9.6

/** What stands for all deviations of a size: the middle of the step. */
const MIDDLE: Float64Array = Float64Array.from({ length: SIZES }, (_, size) =>
  size === 0 ? 0 : SMALLEST * 2 ** ((size - 0.5) / STEPS),
)

function sizeOf(deviation: number): number {
  if (!(deviation > SMALLEST)) return 0
  return Math.min(SIZES - 1, 1 + Math.floor(Math.log2(deviation / SMALLEST) * STEPS))
}

/**
 * Peaks over threshold (Siffer et al. 2017) with an exponential tail: what lies within the history is counted, what
 * lies beyond is extrapolated by the mean excess of the largest 5 %.
 */
export function tailOf(saved?: readonly number[]): Tail {
  return new History(saved ?? [])
}

/** A class, unlike most here: it is in the innermost loop, many times over. */
class History implements Tail {
  #length = 0
  #next = 0
  #byAge = new Uint8Array(64)
  readonly #counts = new Uint16Array(SIZES)

  constructor(saved: readonly number[]) {
    for (const size of saved) this.#push(size)
  }

  next(deviation: number): number {
    const size = sizeOf(deviation)
    const rare = this.#length < ENOUGH ? Number.NaN : this.#rarity(deviation, size)
    this.#push(size)
    return rare
  }

  #rarity(deviation: number, own: number): number {
    const [n, counts] = [this.#length, this.#counts]
    const tail = Math.max(FEWEST, Math.floor(n * SHARE))
    let [size, larger, sum] = [SIZES - 1, 0, 0]
    // Down from the largest until the tail is full; what is left of it lies within the last step.
    for (; size > 0 && larger + (counts[size] ?? 0) < tail; size--) {
      larger += counts[size] ?? 0
      sum += (counts[size] ?? 0) * (MIDDLE[size] ?? 0)
    }
    if (own <= size) {
      for (let i = size; i >= own; i--) larger += counts[i] ?? 0
      return Math.log10((n + 1) / (larger + 1))
    }
    const start = MIDDLE[size] ?? 0
    const scale = Math.max((sum - larger * start) / tail, SHORTEST * start, Number.MIN_VALUE)
    return Math.min(Math.log10((n + 1) / (tail + 1)) + (deviation - start) / scale / Math.LN10, RAREST)
  }

  #push(size: number): void {
    const counts = this.#counts
    if (this.#length === HISTORY) {
      const old = this.#byAge[this.#next] ?? 0
      counts[old] = (counts[old] ?? 0) - 1
    } else if (++this.#length > this.#byAge.length) this.#grow()
    counts[size] = (counts[size] ?? 0) + 1
    this.#byAge[this.#next] = size
    this.#next = (this.#next + 1) % HISTORY
  }

  #grow(): void {
    const larger = new Uint8Array(Math.min(HISTORY, 4 * this.#byAge.length))
    larger.set(this.#byAge)
    this.#byAge = larger
  }

  /** Their sizes, oldest first. */
  save(): number[] {
    const from = this.#length < HISTORY ? 0 : this.#next
    return Array.from({ length: this.#length }, (_, i) => this.#byAge[(from + i) % HISTORY] ?? 0)
  }
}
