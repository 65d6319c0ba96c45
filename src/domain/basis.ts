import type { Json } from '../lib/json.ts'

/**
 * What a decision was made of, by value: what it read of the world and of the ledger, field by field. What is large
 * stands once in a `known` entry, and here only by its digest: `{ $known: "..." }`.
 */
export type Basis = { readonly [field: string]: Json }

/** A value of a {@link Basis} that stands in a `known` entry, by the SHA-256 of its canonical JSON. */
export type KnownRef = { readonly $known: string }

export function isKnownRef(plain: Json | undefined): plain is KnownRef {
  return typeof plain === 'object' && plain !== null && '$known' in plain && typeof plain['$known'] === 'string'
}
