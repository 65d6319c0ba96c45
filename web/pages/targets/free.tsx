import { printable } from '../../../src/cli/text.ts'

/** Words that somebody else may have chosen: as they stand, and broken anywhere rather than in the way. */
export function Free({ text = '' }: { readonly text: string | undefined }) {
  return <span className="free">{printable(text)}</span>
}
