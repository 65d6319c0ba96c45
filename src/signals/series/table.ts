import { CHUNK_BITS, CHUNK_MASK, grown } from '../../lib/chunks.ts'
import { MAX_BLOCK_BYTES, offsetOf, Slab } from './slab.ts'

/**
 * By slot: where its bytes stand, how many are key and how many follow, its source plus one (0: the slot is free), and the
 * slot asked for after it.
 */
const [PLACE, KEY_BYTES, MORE_BYTES, SOURCE, FOLLOWER, WIDTH] = [0, 1, 2, 3, 4, 5]
const FIRST_ENTRIES = 1024

/**
 * Which slot has a key: the bytes that name a series, and the number of its source. Open addressing with linear probing
 * over a hash of 32 bits; hashes only shorten the search, equal is what has equal bytes. Senders name the same series in
 * the same order time after time: the slot that followed the last one before is looked at first, without any hash.
 * A class, unlike most here: it is asked for every sample.
 */
export class SeriesTable {
  /** A hash and a slot plus one, each; zero is none. */
  #entries = new Int32Array(2 * FIRST_ENTRIES)
  #mask = FIRST_ENTRIES - 1
  readonly #ids: Int32Array[] = []
  readonly #slab = new Slab()
  readonly #freed: number[] = []
  readonly #seed: number
  #last = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(this.#bytes.buffer)
  /** Slots in use. */
  size = 0
  /** Every slot in use is below. */
  end = 0

  /** @param seed what nobody outside can guess keeps keys that share a place from being made on purpose */
  constructor(seed: number) {
    this.#seed = seed
  }

  /** The slot of a key, or -1. */
  find(bytes: Uint8Array, start: number, end: number, source: number): number {
    const key = this.#viewOf(bytes)
    const likely = this.#follower(this.#last)
    if (this.#is(likely, key, start, end, source)) return (this.#last = likely)
    const hash = hashOf(key, start, end, this.#seed + source)
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = (this.#entries[2 * at + 1] ?? 0) - 1
      if (slot < 0) return -1
      if (this.#entries[2 * at] === hash && this.#is(slot, key, start, end, source)) return this.#note(slot)
    }
  }

  /**
   * A slot for a key that has none, with the first so many of more bytes to be kept beside it.
   *
   * @returns -1 where that is more than a block holds
   */
  add(bytes: Uint8Array, start: number, end: number, source: number, more: Uint8Array, moreBytes: number): number {
    const length = end - start
    if (length + moreBytes > MAX_BLOCK_BYTES) return -1
    if (2 * (this.size + 1) > this.#mask) this.#grow()
    const slot = this.#freed.pop() ?? this.end++
    const ids = this.#ids[slot >> CHUNK_BITS] ?? grown(this.#ids, slot, WIDTH, Int32Array)
    const at = (slot & CHUNK_MASK) * WIDTH
    const place = this.#slab.take(length + moreBytes)
    this.#slab.put(place, 0, bytes, start, end)
    this.#slab.put(place, length, more, 0, moreBytes)
    ids[at + PLACE] = place
    ids[at + KEY_BYTES] = length
    ids[at + MORE_BYTES] = moreBytes
    ids[at + SOURCE] = source + 1
    ids[at + FOLLOWER] = slot + 1
    this.#enter(hashOf(this.#viewOf(bytes), start, end, this.#seed + source), slot)
    this.size++
    return this.#note(slot)
  }

  /** Forgets a key; its slot is given to another some time. */
  remove(slot: number): void {
    const { ids, at } = this.#idOf(slot)
    const [place, length, more] = [ids[at + PLACE] ?? 0, ids[at + KEY_BYTES] ?? 0, ids[at + MORE_BYTES] ?? 0]
    const start = offsetOf(place)
    this.#leave(hashOf(this.#slab.view(place), start, start + length, this.#seed + this.sourceOf(slot)), slot)
    this.#slab.giveBack(place, length + more)
    ids[at + SOURCE] = 0
    this.#freed.push(slot)
    this.size--
  }

  /** The bytes that were kept beside the key; not to be kept. */
  moreOf(slot: number): Uint8Array {
    const { ids, at } = this.#idOf(slot)
    const length = ids[at + KEY_BYTES] ?? 0
    return this.#slab.bytes(ids[at + PLACE] ?? 0, length + (ids[at + MORE_BYTES] ?? 0)).subarray(length)
  }

  /** The number of the slot's source; negative where the slot is free. */
  sourceOf(slot: number): number {
    return (this.#ids[slot >> CHUNK_BITS]?.[(slot & CHUNK_MASK) * WIDTH + SOURCE] ?? 0) - 1
  }

  #idOf(slot: number): { readonly ids: Int32Array; readonly at: number } {
    const ids = this.#ids[slot >> CHUNK_BITS]
    const at = (slot & CHUNK_MASK) * WIDTH
    if (!ids || !ids[at + SOURCE]) throw new RangeError(`no series has slot ${slot}`)
    return { ids, at }
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    return this.#view
  }

  #follower(slot: number): number {
    return this.#ids[slot >> CHUNK_BITS]?.[(slot & CHUNK_MASK) * WIDTH + FOLLOWER] ?? 0
  }

  #note(slot: number): number {
    const ids = this.#ids[this.#last >> CHUNK_BITS]
    if (ids) ids[(this.#last & CHUNK_MASK) * WIDTH + FOLLOWER] = slot
    return (this.#last = slot)
  }

  #is(slot: number, key: DataView, start: number, end: number, source: number): boolean {
    const ids = this.#ids[slot >> CHUNK_BITS]
    const at = (slot & CHUNK_MASK) * WIDTH
    if (!ids || ids[at + SOURCE] !== source + 1 || ids[at + KEY_BYTES] !== end - start) return false
    return this.#slab.begins(ids[at + PLACE] ?? 0, key, start, end)
  }

  #enter(hash: number, slot: number): void {
    let at = hash & this.#mask
    while (this.#entries[2 * at + 1] !== 0) at = (at + 1) & this.#mask
    this.#entries[2 * at] = hash
    this.#entries[2 * at + 1] = slot + 1
  }

  /** Without a mark left behind: what follows moves up where it may stand there. */
  #leave(hash: number, slot: number): void {
    const [entries, mask] = [this.#entries, this.#mask]
    let hole = hash & mask
    while (entries[2 * hole + 1] !== slot + 1) hole = (hole + 1) & mask
    for (let at = (hole + 1) & mask; entries[2 * at + 1] !== 0; at = (at + 1) & mask) {
      const home = (entries[2 * at] ?? 0) & mask
      if (((at - home) & mask) < ((at - hole) & mask)) continue
      entries.copyWithin(2 * hole, 2 * at, 2 * at + 2)
      hole = at
    }
    entries.fill(0, 2 * hole, 2 * hole + 2)
  }

  #grow(): void {
    const old = this.#entries
    this.#entries = new Int32Array(2 * old.length)
    this.#mask = this.#entries.length / 2 - 1
    for (let at = 0; at < old.length; at += 2) {
      const slot = (old[at + 1] ?? 0) - 1
      if (slot >= 0) this.#enter(old[at] ?? 0, slot)
    }
  }
}

/** Four bytes at a time, multiplied and folded, and mixed at the end as MurmurHash3 does. */
function hashOf(bytes: DataView, start: number, end: number, seed: number): number {
  let hash = Math.imul(seed ^ (end - start), 0x9e37_79b1)
  let at = start
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ bytes.getInt32(at, true), 0x85eb_ca6b)
    hash ^= hash >>> 15
  }
  for (; at < end; at++) hash = Math.imul(hash ^ bytes.getUint8(at), 0xc2b2_ae35)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35)
  return hash ^ (hash >>> 16)
}
