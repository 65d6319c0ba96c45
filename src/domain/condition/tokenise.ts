import { parseDuration } from '../../lib/duration.ts'
import { UsageError } from '../errors.ts'

export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: 'duration'; readonly ms: number; readonly at: number }
  | { readonly kind: 'string'; readonly value: string; readonly at: number }
  /** A metric, function, label or key word. */
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | { readonly kind: 'symbol'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly at: number }

const MAX_LENGTH = 4096
const SPACE = /\s*/y
const DURATION = /(?:\d+(?:\.\d+)?(?:ms|[smhd]))+(?![\w.])/y
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?%?(?![\w.])/y
const NAME = /[A-Za-z_:][\w:]*/y
const STRING = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y
const SYMBOL = />=|<=|==|!=|=~|!~|[-+*/()[\]{},<>=]/y

/** Where a text cannot be read, and what would have been right there. Offsets count characters from 1. */
export function syntaxError(text: string, at: number, expected: string): UsageError {
  const rest = text.slice(at).trim()
  const found = rest === '' ? 'the end' : `'${rest.length > 20 ? `${rest.slice(0, 20)}...` : rest}'`
  return new UsageError(
    `cannot read the condition '${text}' at character ${at + 1}: expected ${expected}, found ${found}`,
  )
}

/** Splits a text into tokens, the last of which is `end`. Throws {@link UsageError}. */
export function tokenise(text: string): Token[] {
  if (text.length > MAX_LENGTH) {
    throw new UsageError(`cannot read a condition of ${text.length} characters: at most ${MAX_LENGTH} are allowed`)
  }
  const tokens: Token[] = []
  for (let at = end(SPACE, text, 0); at < text.length;) {
    const [token, next] = readToken(text, at)
    tokens.push(token)
    at = end(SPACE, text, next)
  }
  tokens.push({ kind: 'end', at: text.length })
  return tokens
}

function readToken(text: string, at: number): [Token, number] {
  let next = end(DURATION, text, at)
  if (next > at) return [{ kind: 'duration', ms: Math.round(parseDuration(text.slice(at, next)) ?? 0), at }, next]
  next = end(NUMBER, text, at)
  // A percentage is its number: metrics that are percentages run from 0 to 100.
  if (next > at) return [{ kind: 'number', value: finite(text, at, next), at }, next]
  next = end(NAME, text, at)
  if (next > at) return [{ kind: 'name', text: text.slice(at, next), at }, next]
  next = end(STRING, text, at)
  if (next > at) return [{ kind: 'string', value: unescaped(text.slice(at + 1, next - 1)), at }, next]
  next = end(SYMBOL, text, at)
  if (next > at) return [{ kind: 'symbol', text: text.slice(at, next), at }, next]
  throw syntaxError(text, at, 'a number, a duration, a name, a quoted text or an operator')
}

/** Where a sticky pattern that begins at `at` ends; `at` itself when it does not match there. */
function end(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function finite(text: string, at: number, next: number): number {
  const value = Number(text.slice(at, next).replace('%', ''))
  if (Number.isFinite(value)) return value
  throw syntaxError(text, at, 'a finite number')
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char))
}
