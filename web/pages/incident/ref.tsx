import { printable } from '../../../src/cli/text.ts'

/** What is longer scrolls in a box of its own, so that no text from outside pushes the page away. */
const LONG = 400

/** Words from outside: shown as they are, but for what would turn the order of the line around. */
export function Outside({ children }: { readonly children: string }) {
  const text = printable(children)
  if (text.length <= LONG) return <bdi>{text}</bdi>
  return (
    // Reachable by keyboard, since it scrolls.
    <bdi className="outside-long" tabIndex={0} role="group">
      {text}
    </bdi>
  )
}

/** The full name of a target. */
export function Ref({ children }: { readonly children: string }) {
  return <bdi className="ref">{printable(children)}</bdi>
}
