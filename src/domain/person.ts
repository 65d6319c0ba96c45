import type { Role } from './role.ts'

/**
 * Who somebody was proven to be. Names are chosen by people and change; `person` is what stays: the name of a token, the
 * subject of a provider (`oidc:SUBJECT`), or `local` for whoever is at the machine and has only said a name.
 */
export type Identity = {
  readonly person: string
  /** What lists of a policy may name: the token's name, `user:NAME`, `group:NAME`. */
  readonly known: readonly string[]
  readonly role: Role
  /** Nobody proved anything: the name is what the caller says. */
  readonly claimed?: true
}

/** Whoever is at the machine itself. */
export const LOCAL = 'local'

/** Who did something, as the record has it; without `person` the name is all there is. */
export type Doer = { readonly by: string; readonly person?: string }

/** Who it was, beside their name, as entries have it. */
export function personOf(who: Identity | undefined): { readonly person?: string } {
  return who ? { person: who.person } : {}
}

/** Whether two may be one: of the same identity, or of the same name, however they came in. In doubt they are. */
export function mayBeOne(a: Doer, b: Doer): boolean {
  return nameOf(a) === nameOf(b) || (a.person ?? a.by) === (b.person ?? b.by)
}

const nameOf = ({ by }: Doer): string => by.replace(/ \(oidc\)$/, '').toLowerCase()
