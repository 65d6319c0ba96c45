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

/** Holds up to 65,536 values; takes memory as it fills. */
export function sortedWindow(size: number, saved: readonly number[] = []): SortedWindow {
  const window = new Sorted(size)
  for (const value of saved) window.push(value)
  return window
}

const FIRST_ROOM = 8

/** A class, unlike most here: it is in the innermost loop, many times over. */
class Sorted implements SortedWindow {
  length = 0
  #next = 0
  readonly #size: number
  #byAge: Float64Array
  /** Where each value stands in `#byAge`, the smallest first: a value is kept once. */
  #bySize: Uint8Array | Uint16Array

  constructor(size: number) {
    this.#size = size
    this.#byAge = new Float64Array(Math.min(size, FIRST_ROOM))
    this.#bySize = this.#places(this.#byAge.length)
  }

  push(value: number): void {
    if (this.length === this.#size) this.#dropOldest()
    else if (this.length === this.#byAge.length) this.#grow()
    const place = this.below(value)
    this.#bySize.copyWithin(place + 1, place, this.length)
    this.#bySize[place] = this.#next
    this.#byAge[this.#next] = value
    this.#next = (this.#next + 1) % this.#size
    this.length++
  }

  /** Of equal values a new one is put first: the oldest is their last. */
  #dropOldest(): void {
    const place = this.#upTo(this.#byAge[this.#next] ?? 0) - 1
    this.#bySize.copyWithin(place, place + 1, this.length)
    this.length--
  }

  #grow(): void {
    const room = Math.min(this.#size, 2 * this.#byAge.length)
    const [byAge, bySize] = [new Float64Array(room), this.#places(room)]
    byAge.set(this.#byAge)
    bySize.set(this.#bySize)
    this.#byAge = byAge
    this.#bySize = bySize
  }

  #places(room: number): Uint8Array | Uint16Array {
    return this.#size <= 256 ? new Uint8Array(room) : new Uint16Array(room)
  }

  at(i: number): number {
    return this.#byAge[this.#bySize[i] ?? 0] ?? Number.NaN
  }

  below(value: number): number {
    const [byAge, bySize] = [this.#byAge, this.#bySize]
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((byAge[bySize[middle] ?? 0] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low
  }

  /** How many are not larger than `value`. */
  #upTo(value: number): number {
    const [byAge, bySize] = [this.#byAge, this.#bySize]
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((byAge[bySize[middle] ?? 0] ?? 0) <= value) low = middle + 1
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
    const from = this.length < this.#size ? 0 : this.#next
    return Array.from({ length: this.length }, (_, i) => this.#byAge[(from + i) % this.#size] ?? 0)
  }
}
