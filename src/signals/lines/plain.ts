const LONGEST_TEXT = 200
const PRINTABLE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
const UNSEEN = /[\p{Cc}\p{Cf}\s]+/gu

/** Text of a stranger, to be shown to people: without what moves a cursor or turns the order of letters, and short. */
export function plain(text: string): string {
  if (text.length <= LONGEST_TEXT && PRINTABLE.test(text)) return text
  const clean = text
    .slice(0, 4 * LONGEST_TEXT)
    .replaceAll(UNSEEN, ' ')
    .trim()
  // Copied: a part of a text would keep the whole of it in memory.
  return clean.length > LONGEST_TEXT ? `${Buffer.from(clean.slice(0, LONGEST_TEXT)).toString()}...` : clean
}
