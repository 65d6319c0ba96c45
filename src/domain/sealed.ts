import type { Json } from '../lib/json.ts'

/** Stands in the place of a value that is encrypted, where the key is not at hand. */
export type Sealed = { readonly $sealed: string; readonly data: string }

export function isSealed(value: Json | undefined): value is Sealed {
  return typeof value === 'object' && value !== null && '$sealed' in value && typeof value['$sealed'] === 'string'
}

/** In words, for people. */
export function sealedText({ $sealed }: Sealed): string {
  return `encrypted with key ${$sealed}`
}
