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

/** Short names with a hyphen, such as `db-1`, stay on one line. */
const HYPHENED = /([^\s-]{1,24}-[^\s]{1,24})/

/** A sentence in plain words, as one reads it at a glance. */
export function Sentence({ children }: { readonly children: string }) {
  // The pattern captures, so that every second piece is a name.
  return children.split(HYPHENED).map((piece, index) =>
    index % 2 === 1 ? (
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className="number">
        {piece}
      </span>
    ) : (
      piece
    ),
  )
}
