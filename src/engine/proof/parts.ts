import { hash } from 'node:crypto'
import type { KnownRef } from '../../domain/basis.ts'
import { canonical, type Json } from '../../lib/json.ts'

/** Something that decisions read, written out. */
export type Part = { readonly plain: Json; readonly bytes: number; readonly digest: string }

/** What is shorter stands in the decision itself. */
const INLINE_BYTES = 400
/** What is longer is not kept: proof then says so. */
const MOST_BYTES = 512 << 10

// Most of what is read are values that are replaced whole and rarely: each is written out once.
const written = new WeakMap<object, Part>()

/** A value by what it says: the same text has the same digest. Remembered by the identity of `of`. */
export function partOf(of: unknown, plainOf: () => Json): Part {
  const known = typeof of === 'object' && of !== null ? written.get(of) : undefined
  if (known) return known
  const plain = plainOf()
  const text = canonical(plain)
  const part = { plain, bytes: text.length, digest: text.length > INLINE_BYTES ? hash('sha256', text) : '' }
  if (typeof of === 'object' && of !== null) written.set(of, part)
  return part
}

/** Puts a part on the shelf, if it is large, and answers what stands in its place. */
export type Shelve = (part: Part) => Json

/** A shelf for the parts of one decision. */
export function shelf(): { readonly parts: Map<string, Part>; readonly shelve: Shelve } {
  const parts = new Map<string, Part>()
  const shelve: Shelve = (part) => {
    if (part.bytes <= INLINE_BYTES) return part.plain
    if (part.bytes > MOST_BYTES) return { $omitted: part.bytes }
    parts.set(part.digest, part)
    const ref: KnownRef = { $known: part.digest }
    return ref
  }
  return { parts, shelve }
}
