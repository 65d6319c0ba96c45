import { printable } from '../../../src/cli/text.ts'

const MOST = 500

/**
 * Text from outside as an inline piece of code: inside of it nothing is markup, a link, or a mention of somebody. Its
 * fence is longer than any run of backticks within; controls and marks of direction are written out; it is cut when long.
 */
export function code(text: string): string {
  const plain = printable(text.length > MOST ? `${text.slice(0, MOST)}…` : text)
    .toWellFormed()
    .trim()
  if (plain === '') return '(empty)'
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = plain.startsWith('`') || plain.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${plain}${pad}${fence}`
}
