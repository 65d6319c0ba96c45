import type { Labels } from '../../domain/signal.ts'

const MOST_LABELS = 64
const LONGEST_NAME = 256
const LONGEST_VALUE = 2048
const NAME = /^[A-Za-z_][\w.]*$/

/** Labels as a sender gives them, or why they are none. */
export function labelsFrom(pairs: Iterable<readonly [string, unknown]>): Labels | string {
  const labels: Record<string, string> = {}
  let count = 0
  for (const [name, value] of pairs) {
    if (++count > MOST_LABELS) return `it has more than ${MOST_LABELS} labels`
    if (name.length > LONGEST_NAME || !NAME.test(name)) return 'it has a label without a proper name'
    if (Object.hasOwn(labels, name)) return 'it has a label twice'
    if (typeof value !== 'string') return 'it has a label that is no text'
    if (value.length > LONGEST_VALUE) return `it has a label longer than ${LONGEST_VALUE} characters`
    // What a decoder puts where bytes are no text: which label it was is not known any more.
    if (value.includes('\uFFFD')) return 'it has a label that is not UTF-8'
    labels[name] = value
  }
  return count === 0 ? 'it has no labels' : labels
}

const PAIR = /\s*([A-Za-z_][\w.]*)\s*=\s*("(?:[^"\\\n]|\\.)*"|`[^`]*`)\s*(,|$)/y
const LONGEST_TEXT = 64 * 1024

/** Reads `{job="web", host="a"}` as Prometheus and Loki write it, or says why it cannot. */
export function labelsIn(text: string): Labels | string {
  const inner = text.trim()
  if (inner.length > LONGEST_TEXT || !inner.startsWith('{') || !inner.endsWith('}')) return NONE
  const list = inner.slice(1, -1)
  const pairs: [string, string][] = []
  PAIR.lastIndex = 0
  while (PAIR.lastIndex < list.length) {
    const [, name, quoted] = PAIR.exec(list) ?? []
    const value = quoted === undefined ? undefined : unquoted(quoted)
    if (name === undefined || value === undefined) return NONE
    pairs.push([name, value])
  }
  return labelsFrom(pairs)
}

const NONE = 'its labels are not written as {name="value"}'

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\"']))|\\/g
const SIGNS: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** A text in Go's quotes; undefined where one of its escapes means nothing. */
function unquoted(quoted: string): string | undefined {
  const inner = quoted.slice(1, -1)
  if (quoted.startsWith('`') || !inner.includes('\\')) return inner
  let isWrong = false
  const text = inner.replaceAll(ESCAPE, (_, x?: string, u?: string, long?: string, sign?: string) => {
    if (sign !== undefined) return SIGNS[sign] ?? sign
    const code = Number.parseInt(x ?? u ?? long ?? '', 16)
    if (code <= 0x10_ff_ff) return String.fromCodePoint(code)
    isWrong = true
    return ''
  })
  return isWrong ? undefined : text
}
