import { printable } from '../../../src/cli/text.ts'

/** A name or words from outside: shown as they are, but for what would turn the order of the line around. */
export function Outside({ children }: { readonly children: string }) {
  return <bdi>{printable(children)}</bdi>
}

/** The full name of a target. */
export function Ref({ children }: { readonly children: string }) {
  return <bdi className="ref">{printable(children)}</bdi>
}
