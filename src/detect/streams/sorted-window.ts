/**
 * The last `size` values, kept in order of size as well as of age: any quantile at once, and a new value in one binary
 * search and one move of memory.
 */
export type SortedWindow = {
  readonly length: number
  /** Drops the oldest when full. Only finite numbers may be pushed. */
  push(value: number): void
  /** The i-th smallest, 0 the smallest. */
  at(i: number): number
  /** How many are smaller than `value`. */
  below(value: number): number
  /** Linear between neighbours; NaN of none. */
  quantile(q: number): number
  /** Oldest first. */
  save(): number[]
}

export function sortedWindow(size: number, saved: readonly number[] = []): SortedWindow {
  const window = new Sorted(size)
  for (const value of saved) window.push(value)
  return window
}

/** A class, unlike most here: it is in the innermost loop, many times over. */
class Sorted implements SortedWindow {
  length = 0
  #next = 0
  readonly #byAge: Float64Array
  readonly #bySize: Float64Array

  constructor(size: number) {
    this.#byAge = new Float64Array(size)
    this.#bySize = new Float64Array(size)
  }

  push(value: number): void {
    if (this.length === this.#byAge.length) this.#drop(this.#byAge[this.#next] ?? 0)
    const place = this.below(value)
    this.#bySize.copyWithin(place + 1, place, this.length)
    this.#bySize[place] = value
    this.#byAge[this.#next] = value
    this.#next = (this.#next + 1) % this.#byAge.length
    this.length++
  }

  #drop(value: number): void {
    const place = this.below(value)
    this.#bySize.copyWithin(place, place + 1, this.length)
    this.length--
  }

  at(i: number): number {
    return this.#bySize[i] ?? Number.NaN
  }

  below(value: number): number {
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#bySize[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low
  }

  quantile(q: number): number {
    if (this.length === 0) return Number.NaN
    const place = (this.length - 1) * q
    const low = this.at(Math.floor(place))
    return low + (this.at(Math.ceil(place)) - low) * (place - Math.floor(place))
  }

  save(): number[] {
    const size = this.#byAge.length
    return Array.from({ length: this.length }, (_, i) => this.#byAge[(this.#next - this.length + i + size) % size] ?? 0)
  }
}
