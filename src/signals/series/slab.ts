const GRANULE_BITS = 4
const CHUNK_GRANULES_BITS = 16
const CHUNK_BYTES = 1 << (GRANULE_BITS + CHUNK_GRANULES_BITS)

/** The most bytes that one block holds. */
export const MAX_BLOCK_BYTES = 65_536

/**
 * Bytes that are kept for long, outside of what the collector of garbage walks through: blocks of 16 bytes or a multiple
 * in chunks of a megabyte. A block that is given back serves the next one of its size. A place is the number of a block's
 * first 16 bytes. A class, unlike most here: it is asked for every sample.
 */
export class Slab {
  readonly #chunks: Uint8Array[] = []
  readonly #views: DataView[] = []
  /** Places given back, by their size in granules. */
  readonly #free = new Map<number, number[]>()
  #used = CHUNK_BYTES

  /** Room for so many bytes, at most `MAX_BLOCK_BYTES`. */
  take(bytes: number): number {
    const granules = granulesOf(bytes)
    const place = this.#free.get(granules)?.pop()
    if (place !== undefined) return place
    if (this.#used + (granules << GRANULE_BITS) > CHUNK_BYTES) {
      const chunk = new Uint8Array(CHUNK_BYTES)
      this.#chunks.push(chunk)
      this.#views.push(new DataView(chunk.buffer))
      this.#used = 0
    }
    const at = this.#used
    this.#used += granules << GRANULE_BITS
    return ((this.#chunks.length - 1) << CHUNK_GRANULES_BITS) | (at >>> GRANULE_BITS)
  }

  giveBack(place: number, bytes: number): void {
    const granules = granulesOf(bytes)
    const places = this.#free.get(granules)
    if (places) places.push(place)
    else this.#free.set(granules, [place])
  }

  /** Writes some bytes into a block, from its byte `at` on. */
  put(place: number, at: number, from: Uint8Array, start: number, end: number): void {
    const chunk = this.#chunks[place >>> CHUNK_GRANULES_BITS]
    if (!chunk) return
    // By hand: they are few, and a view of them costs more than to walk them.
    let to = offsetOf(place) + at
    for (let i = start; i < end; i++) chunk[to++] = from[i] ?? 0
  }

  /** The bytes themselves; not to be kept beyond `giveBack`. */
  bytes(place: number, length: number): Uint8Array {
    const at = offsetOf(place)
    return this.#chunks[place >>> CHUNK_GRANULES_BITS]?.subarray(at, at + length) ?? new Uint8Array(0)
  }

  view(place: number): DataView {
    const view = this.#views[place >>> CHUNK_GRANULES_BITS]
    if (!view) throw new RangeError(`no block stands at ${place}`)
    return view
  }

  /** Whether a block begins with these bytes. */
  begins(place: number, bytes: DataView, start: number, end: number): boolean {
    const kept = this.view(place)
    let at = offsetOf(place)
    let from = start
    for (; from + 4 <= end; from += 4, at += 4) {
      if (bytes.getInt32(from, true) !== kept.getInt32(at, true)) return false
    }
    for (; from < end; from++, at++) if (bytes.getUint8(from) !== kept.getUint8(at)) return false
    return true
  }
}

/** Where a block begins in its chunk. */
export function offsetOf(place: number): number {
  return (place & ((1 << CHUNK_GRANULES_BITS) - 1)) << GRANULE_BITS
}

const granulesOf = (bytes: number): number => (bytes + (1 << GRANULE_BITS) - 1) >>> GRANULE_BITS
