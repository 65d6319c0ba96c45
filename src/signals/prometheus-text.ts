import type { SeriesName } from '../domain/series.ts'
import type { Labels } from '../domain/signal.ts'

/** One sample of an exposition. A metric has no target yet: the scrape knows it. */
export type TextSample = {
  readonly metric: string
  readonly labels: Labels
  readonly value: number
  /** Epoch milliseconds; absent where the exposition gives no time, which means "now". */
  readonly at?: number
}

export type BadLine = { readonly line: number; readonly reason: string }

/** What an exposition holds. Only the first bad lines are kept; `badLines` counts them all. */
export type Exposition = {
  readonly samples: readonly TextSample[]
  readonly bad: readonly BadLine[]
  readonly badLines: number
}

export type TextReader = (text: string, options?: { readonly openMetrics?: boolean }) => Exposition

const MAX_HEADS = 200_000
const KEPT_BAD_LINES = 20
const BLANKS = /[ \t]*/y
const METRIC = /[A-Za-z_:][\w:]*/y
const LABEL = /[A-Za-z_]\w*/y
const QUOTED = /"(?:[^"\\]|\\.)*"/y
const WORD = /[^ \t]+/y
const NUMBER = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|inf(?:inity)?|nan)$/i

/**
 * Makes a reader of the Prometheus text format (0.0.4, and OpenMetrics with exemplars and times in seconds). Lines that
 * cannot be read are counted and skipped. The reader remembers the heads of lines it has seen: a line whose beginning is
 * known costs one look-up and one number, and equal labels are the same object from scrape to scrape.
 */
export function prometheusReader(): TextReader {
  const heads = new Map<string, SeriesName>()
  return (text, { openMetrics = false } = {}) => {
    const samples: TextSample[] = []
    const bad: BadLine[] = []
    let badLines = 0
    let number = 0
    for (let from = 0; from < text.length;) {
      const newline = text.indexOf('\n', from)
      const end = newline < 0 ? text.length : newline
      const line = text.slice(from, text.charCodeAt(end - 1) === 13 ? end - 1 : end)
      from = end + 1
      number++
      const sample = readKnown(line, heads) ?? readLine(line, heads, openMetrics)
      if (sample === undefined) continue
      if (typeof sample !== 'string') samples.push(sample)
      else if (++badLines <= KEPT_BAD_LINES) bad.push({ line: number, reason: sample })
    }
    return { samples, bad, badLines }
  }
}

/** The quick way: everything before the last blank is a known head, and what follows is a number. */
function readKnown(line: string, heads: ReadonlyMap<string, SeriesName>): TextSample | undefined {
  const blank = line.lastIndexOf(' ')
  const head = blank > 0 ? heads.get(line.slice(0, blank)) : undefined
  if (!head) return undefined
  const value = readNumber(line.slice(blank + 1))
  return value === undefined ? undefined : { metric: head.metric, labels: head.labels, value }
}

/** The thorough way; answers why a line is bad, or undefined for a line that says nothing. */
function readLine(line: string, heads: Map<string, SeriesName>, openMetrics: boolean): TextSample | string | undefined {
  const begin = after(BLANKS, line, 0)
  if (begin === line.length || line[begin] === '#') return undefined
  const nameEnd = after(METRIC, line, begin)
  if (nameEnd === begin) return 'a metric name is expected'
  let at = after(BLANKS, line, nameEnd)
  const pairs: [string, string][] = []
  if (line[at] === '{') {
    const read = readLabels(line, at + 1, pairs)
    if (typeof read === 'string') return read
    at = read
  } else if (at === nameEnd) return 'a blank is expected after the metric name'
  const headEnd = line[at - 1] === '}' ? at : nameEnd
  const rest = readRest(line, after(BLANKS, line, at), openMetrics)
  if (typeof rest === 'string') return rest
  const key = line.slice(0, headEnd)
  const head = heads.get(key) ?? { metric: line.slice(begin, nameEnd), labels: Object.fromEntries(pairs) }
  remember(heads, key, head)
  return { metric: head.metric, labels: head.labels, ...rest }
}

/** Reads the head of a line alone, as `exposition.ts` finds it; answers why it is none. */
export function readHead(text: string): SeriesName | string {
  const nameEnd = after(METRIC, text, 0)
  if (nameEnd === 0) return 'a metric name is expected'
  const pairs: [string, string][] = []
  const at = after(BLANKS, text, nameEnd)
  const end = text[at] === '{' ? readLabels(text, at + 1, pairs) : nameEnd
  if (typeof end === 'string') return end
  if (end !== text.length) return 'a blank is expected after the metric name'
  return { metric: text.slice(0, nameEnd), labels: Object.fromEntries(pairs) }
}

function remember(heads: Map<string, SeriesName>, key: string, head: SeriesName): void {
  // A flood of new series must not cost memory for ever; the ones that come again are soon known again.
  if (heads.size >= MAX_HEADS) heads.clear()
  heads.set(key, head)
}

/** Reads `name="value", ... }` into pairs; answers the place after the brace, or why it is bad. */
function readLabels(line: string, from: number, pairs: [string, string][]): number | string {
  for (let at = after(BLANKS, line, from); ;) {
    if (line[at] === '}') return at + 1
    const nameEnd = after(LABEL, line, at)
    if (nameEnd === at) return 'a label name is expected'
    const name = line.slice(at, nameEnd)
    at = after(BLANKS, line, nameEnd)
    if (line[at] !== '=') return "'=' is expected after a label name"
    at = after(BLANKS, line, at + 1)
    const valueEnd = after(QUOTED, line, at)
    if (valueEnd === at) return 'a quoted label value is expected'
    if (pairs.some(([other]) => other === name)) return `label '${name}' is given twice`
    pairs.push([name, unescaped(line.slice(at + 1, valueEnd - 1))])
    at = after(BLANKS, line, valueEnd)
    if (line[at] === ',') at = after(BLANKS, line, at + 1)
    else if (line[at] !== '}') return "',' or '}' is expected after a label"
  }
}

type Rest = Pick<TextSample, 'value' | 'at'>

/** Reads `value [time] [# exemplar]`. */
function readRest(line: string, from: number, openMetrics: boolean): Rest | string {
  const valueEnd = after(WORD, line, from)
  const value = readNumber(line.slice(from, valueEnd))
  if (value === undefined) return 'a number is expected as value'
  const timeFrom = after(BLANKS, line, valueEnd)
  if (timeFrom === line.length || line[timeFrom] === '#') return { value }
  const timeEnd = after(WORD, line, timeFrom)
  const time = readNumber(line.slice(timeFrom, timeEnd))
  if (time === undefined || !Number.isFinite(time)) return 'a number is expected as time'
  const end = after(BLANKS, line, timeEnd)
  if (end < line.length && line[end] !== '#') return 'nothing is expected after the time'
  return { value, at: openMetrics ? Math.round(time * 1000) : time }
}

/** Reads a number as Go does, without hexadecimal and underscores; undefined when it is none. */
export function readNumber(text: string): number | undefined {
  const value = Number(text)
  const first = text.charCodeAt(0)
  // Begins like a number, and with no letter in second place: what `Number` takes beyond the format is kept out.
  if (first >= 43 && first <= 57 && !Number.isNaN(value) && !(text.charCodeAt(1) >= 58)) return value
  if (!NUMBER.test(text)) return undefined
  if (/nan/i.test(text)) return Number.NaN
  if (!/inf/i.test(text)) return value
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char))
}
