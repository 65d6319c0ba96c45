import { lineFrom, USUAL_NAMES, type Line } from './fields.ts'

/**
 * Reads a line of `name=value` pairs, as logrus, go-kit and Prometheus write it: `level=error msg="no room"`. Undefined
 * where it is none: it begins with no pair, or has neither a level, a message nor a time by a usual name.
 */
export function readLogfmt(line: string): Line | undefined {
  if (!beginsWithPair(line)) return undefined
  const fields: Record<string, string> = {}
  let isKnown = false
  eachPair(line, (name, from, to, isQuoted) => {
    if (!USUAL_NAMES.has(name) || fields[name] !== undefined) return
    const value = line.slice(from, to)
    fields[name] = isQuoted && value.includes('\\') ? unescaped(value) : value
    isKnown = true
  })
  return isKnown ? lineFrom(fields, line) : undefined
}

const PAIR = /^[A-Za-z@_][\w.@/-]*=/

function beginsWithPair(line: string): boolean {
  return line.length > 2 && PAIR.test(line)
}

const SPACE = 32
const QUOTE = 34
const BACKSLASH = 92
const EQUALS = 61

/** Hands over each pair: its name, and where its value begins and ends, quotes left out. A word alone is passed over. */
function eachPair(line: string, take: (name: string, from: number, to: number, isQuoted: boolean) => void): void {
  for (let at = 0; at < line.length; at++) {
    const from = at
    while (at < line.length && line.charCodeAt(at) !== EQUALS && line.charCodeAt(at) > SPACE) at++
    if (line.charCodeAt(at) !== EQUALS) continue
    const isQuoted = line.charCodeAt(at + 1) === QUOTE
    const begin = at + (isQuoted ? 2 : 1)
    const end = isQuoted ? closingQuote(line, begin) : endOfWord(line, begin)
    take(line.slice(from, at), begin, end, isQuoted)
    at = end
  }
}

/** Where the quoted value ends; the end of the line, where it is cut off. */
function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 1)) {
    let slashes = 0
    while (at - slashes > from && line.charCodeAt(at - slashes - 1) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at
  }
  return line.length
}

function endOfWord(line: string, from: number): number {
  let at = from
  while (at < line.length && line.charCodeAt(at) > SPACE) at++
  return at
}

function unescaped(value: string): string {
  try {
    return JSON.parse(`"${value}"`) as string
  } catch {
    return value
  }
}
