import { hash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { KnownRef } from '../../domain/basis.ts'
import { canonical, type Json } from '../../lib/json.ts'

/** Something that decisions read, written out. `shared`: others may read the same. */
export type Part = { readonly plain: Json; readonly text: string; readonly shared: boolean }

/** What is shorter stands in the decision itself. */
const INLINE_BYTES = 2000
const INLINE_SHARED_BYTES = 120
/** What is longer stands there deflated. */
const PLAIN_BYTES = 4000
/** What is longer is not kept: proof then says so. */
const MOST_BYTES = 1 << 20

// Most of what is read are values that are replaced whole and rarely: each is written out once.
const written = new WeakMap<object, Part>()

/** A value that others may read too, written out once for as long as it is the same value. */
export function sharedPart(of: unknown, plainOf: () => Json): Part {
  const known = typeof of === 'object' && of !== null ? written.get(of) : undefined
  if (known) return known
  const part = { ...ownPart(plainOf()), shared: true }
  if (typeof of === 'object' && of !== null) written.set(of, part)
  return part
}

/** A value that only one decision reads. */
export function ownPart(plain: Json): Part {
  return { plain, text: canonical(plain), shared: false }
}

/** Puts a part on the shelf, if it is large, and answers what stands in its place. */
export type Shelve = (part: Part) => Json

/** A shelf for the parts of one decision, by their digests, as a `known` entry holds them. */
export function shelf(): { readonly parts: Map<string, () => Json>; readonly shelve: Shelve } {
  const parts = new Map<string, () => Json>()
  const shelve: Shelve = (part) => {
    const { plain, text, shared } = part
    if (text.length <= (shared ? INLINE_SHARED_BYTES : INLINE_BYTES)) return plain
    if (text.length > MOST_BYTES) return { $omitted: text.length }
    const digest = digestOf(part)
    parts.set(digest, () => (text.length > PLAIN_BYTES ? deflated(text) : plain))
    const ref: KnownRef = { $known: digest }
    return ref
  }
  return { parts, shelve }
}

const digests = new WeakMap<Part, string>()

function digestOf(part: Part): string {
  const digest = digests.get(part) ?? hash('sha256', part.text)
  digests.set(part, digest)
  return digest
}

function deflated(text: string): Json {
  return { $deflated: deflateRawSync(text, { level: 1 }).toString('base64') }
}

/** The value that a `known` entry holds; undefined where that is not what its digest was taken of. */
export function takenFrom(stored: Json, digest: string): Json | undefined {
  const text = isDeflated(stored) ? inflated(stored.$deflated) : canonical(stored)
  return text !== undefined && hash('sha256', text) === digest ? (JSON.parse(text) as Json) : undefined
}

function isDeflated(stored: Json): stored is { readonly $deflated: string } {
  return typeof stored === 'object' && stored !== null && '$deflated' in stored
}

function inflated(base64: string): string | undefined {
  try {
    return inflateRawSync(Buffer.from(base64, 'base64'), { maxOutputLength: MOST_BYTES * 2 }).toString()
  } catch {
    return undefined
  }
}
