import type { Decoded, Describe, SampleSink, SeriesKind } from '../domain/series.ts'
import { readHead, readNumber } from './prometheus-text.ts'
import { decodedOf, pushTallied, refuse, tallyAt, type Tally } from './wire/tally.ts'
import { textOf } from './wire/utf8.ts'

export type ExpositionOptions = {
  /** Epoch milliseconds: when samples are that say no time of their own. */
  readonly now: number
  /** Times are in seconds. */
  readonly openMetrics?: boolean
  /** Told what a family of metrics is, as its TYPE line says. */
  readonly metadata?: (metric: string, kind: SeriesKind) => void
}

/** A place in the line that is being read; made once for a body. */
type Line = {
  readonly bytes: Uint8Array
  at: number
  end: number
  /** From 1. */
  number: number
  /** The number read last. */
  value: number
}

const TAB = 9
const NEWLINE = 10
const RETURN = 13
const BLANK = 32
const QUOTE = 34
const HASH = 35
const PLUS = 43
const MINUS = 45
const DOT = 46
const ZERO = 48
const BACKSLASH = 92
const LOWER_E = 101
const BRACE = 123
const CLOSING_BRACE = 125
const LONGEST_HEAD = 16_384
const LONGEST_NUMBER = 1000
/** So many digits are exact as a number, and so is ten to the power of so many. */
const EXACT_DIGITS = 15
const EXACT_POWER = 22
const POWERS = Float64Array.from({ length: EXACT_POWER + 1 }, (_, i) => Number(`1e${i}`))

/**
 * Reads a Prometheus text exposition (0.0.4 or OpenMetrics) into a sink: the same lines, with the same values, as
 * `prometheus-text.ts` reads, without an object or a string for one whose head is known. A series is named by the bytes
 * of its head. Lines that cannot be read are counted as refused.
 */
export function decodeExposition(body: Uint8Array, sink: SampleSink, options: ExpositionOptions): Decoded {
  const tally = tallyAt(options.now)
  const line: Line = { bytes: body, at: 0, end: 0, number: 0, value: 0 }
  const describe: Describe = (bytes, start, end) => {
    const text = textOf(bytes, start, end)
    const about = text === undefined ? 'its beginning is not UTF-8' : readHead(text)
    if (typeof about === 'string') refuse(tally, 0, `line ${line.number}: ${about}`)
    return about
  }
  const tools = { sink, tally, describe, ...options }
  for (let from = 0; from < body.length;) {
    const newline = body.indexOf(NEWLINE, from)
    const end = newline < 0 ? body.length : newline
    line.at = from
    line.end = end > from && body[end - 1] === RETURN ? end - 1 : end
    line.number++
    from = end + 1
    const wrong = readLine(line, tools)
    if (wrong !== undefined) refuse(tally, 1, `line ${line.number}: ${wrong}`)
  }
  return decodedOf(tally)
}

type Tools = ExpositionOptions & {
  readonly sink: SampleSink
  readonly tally: Tally
  readonly describe: Describe
}

/** Answers why a line is bad. */
function readLine(line: Line, tools: Tools): string | undefined {
  const { bytes, end } = line
  const from = afterBlanks(bytes, line.at, end)
  if (from === end) return undefined
  if (bytes[from] === HASH) return tools.metadata && readType(line, tools.metadata)
  const to = afterHead(bytes, from, end)
  if (to < 0) return 'a name, labels in braces, and a value are expected'
  if (to - from > LONGEST_HEAD) return 'its name and labels are too long'
  line.at = afterBlanks(bytes, to, end)
  if (!readWord(line)) return 'a number is expected as value'
  const { value } = line
  let at = tools.now
  line.at = afterBlanks(bytes, line.at, end)
  if (line.at < end && bytes[line.at] !== HASH) {
    if (!readWord(line) || !Number.isFinite(line.value)) return 'a number is expected as time'
    at = tools.openMetrics ? Math.round(line.value * 1000) : line.value
    line.at = afterBlanks(bytes, line.at, end)
    if (line.at < end && bytes[line.at] !== HASH) return 'nothing is expected after the time'
  }
  pushTallied(tools.sink, tools.tally, tools.sink.slotOf(bytes, from, to, tools.describe), at, value)
  return undefined
}

function afterBlanks(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && (bytes[at] === BLANK || bytes[at] === TAB)) at++
  return at
}

/** Where name and labels end; -1 where no value can follow. Whether they are right is seen when the series is new. */
function afterHead(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && bytes[at] !== BRACE && bytes[at] !== BLANK && bytes[at] !== TAB) at++
  const brace = afterBlanks(bytes, at, end)
  if (bytes[brace] === BRACE && brace < end) return afterLabels(bytes, brace + 1, end)
  return brace === at ? -1 : at
}

function afterLabels(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at]
    if (byte === CLOSING_BRACE) return at + 1
    if (byte !== QUOTE) continue
    for (at++; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++
  }
  return -1
}

/** Reads a number up to the next blank; false where it is none. */
function readWord(line: Line): boolean {
  const { bytes, end, at: from } = line
  let at = from
  if (bytes[at] === MINUS || bytes[at] === PLUS) at++
  let mantissa = 0
  let digits = 0
  let power = 0
  for (; at < end && isDigit(bytes[at] as number); at++, digits++)
    mantissa = mantissa * 10 + (bytes[at] as number) - ZERO
  if (at < end && bytes[at] === DOT) {
    for (at++; at < end && isDigit(bytes[at] as number); at++, digits++, power--) {
      mantissa = mantissa * 10 + (bytes[at] as number) - ZERO
    }
  }
  if (at < end && bytes[at] === LOWER_E) {
    let exponent = 0
    const isLess = bytes[++at] === MINUS
    if (isLess || bytes[at] === PLUS) at++
    const first = at
    for (; at < end && isDigit(bytes[at] as number); at++) exponent = exponent * 10 + (bytes[at] as number) - ZERO
    power = at === first ? Number.NaN : power + (isLess ? -exponent : exponent)
  }
  const isWhole = at >= end || bytes[at] === BLANK || bytes[at] === TAB
  // Up to here a product or quotient of two exact numbers: rounded once, it is what `Number` answers.
  if (!isWhole || digits === 0 || digits > EXACT_DIGITS || !(Math.abs(power) <= EXACT_POWER)) return readOddWord(line)
  line.at = at
  const value = power < 0 ? mantissa / (POWERS[-power] as number) : mantissa * (POWERS[power] as number)
  line.value = bytes[from] === MINUS ? -value : value
  return true
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte < ZERO + 10
}

/** Numbers with very many digits, and what goes by a name. */
function readOddWord(line: Line): boolean {
  const { bytes, end, at: from } = line
  let at = from
  while (at < end && bytes[at] !== BLANK && bytes[at] !== TAB) at++
  const text = at - from > LONGEST_NUMBER ? undefined : textOf(bytes, from, at)
  const value = text === undefined ? undefined : readNumber(text)
  line.at = at
  line.value = value ?? 0
  return value !== undefined
}

const TYPE = /^[ \t]*#[ \t]+TYPE[ \t]+([^ \t]+)[ \t]+(\w+)/
const KINDS: Readonly<Record<string, SeriesKind>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'gauge',
  info: 'gauge',
  stateset: 'gauge',
}

function readType({ bytes, at, end }: Line, tell: NonNullable<ExpositionOptions['metadata']>): undefined {
  if (end - at > LONGEST_HEAD) return
  const [, metric, type] = TYPE.exec(textOf(bytes, at, end) ?? '') ?? []
  const kind = type !== undefined && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined
  if (metric !== undefined && kind !== undefined) tell(metric, kind)
}
