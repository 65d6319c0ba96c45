import type { UsageError } from '../errors.ts'
import type { Matcher } from '../signal.ts'
import {
  alertsIn,
  isCondition,
  metricsOf,
  ZSCORE_SAMPLES,
  type AcrossFunction,
  type ArithmeticOp,
  type CompareOp,
  type Condition,
  type Expression,
  type OverTime,
  type RangeFunction,
  type Reaches,
  type Selector,
  type Span,
} from './ast.ts'
import { matches, safePattern } from './matchers.ts'
import { syntaxError, tokenise, type Token } from './tokenise.ts'

/*
  condition  = either [ "for" span ] [ "until" either ]      span = DURATION | NUMBER "samples"
  either     = both { "or" both }
  both       = negated { "and" negated }
  negated    = "not" negated | comparison
  comparison = sum [ COMPARE sum ] | trend                   a number alone as a condition means "> 0"
  trend      = sum "[" DURATION "]" ( "rises" | "falls" ) "to" sum "within" DURATION
  sum        = product { ("+" | "-") product }
  product    = value { ("*" | "/") value }
  value      = "-" value | NUMBER | "(" condition ")" | alert | "time" "(" ")" | call | selector
  alert      = "alert" "{" matcher { "," matcher } "}"       of an alert that fires; one test at least asks for something
  call       = NAME "(" ( selector [ "[" range "]" ] | call ) [ "," DURATION ] ")"
  range      = DURATION | NUMBER "samples"                   samples for zscore, a time for the others
  selector   = NAME [ "{" [ matcher { "," matcher } ] "}" ]  matcher = NAME ("=" | "!=" | "=~" | "!~") STRING
*/

const ACROSS: readonly AcrossFunction[] = ['avg', 'min', 'max', 'sum', 'count']
const RANGE: readonly RangeFunction[] = [
  ...ACROSS,
  'rate',
  'increase',
  'stddev',
  'zscore',
  'median',
  'last',
  'forecast',
]
const KEYWORDS = ['and', 'or', 'not', 'for', 'until', 'alert']
const COMPARE_OPS: readonly string[] = ['>', '>=', '<', '<=', '==', '!='] satisfies CompareOp[]
const MAX_DEPTH = 40
const VALUE = "a number, a metric, a function or '('"

/** Until the operator around it is known, what stands in parentheses may be either. */
type Node = Expression | Condition

/** Reads a condition. Throws {@link UsageError} with the offset and what was expected there. */
export function parseCondition(text: string): Condition {
  const reader = readerOf(text)
  const condition = asCondition(readCondition(reader))
  reader.finish("an operator, 'for', 'until' or the end")
  return condition
}

/** Reads a plain number expression, such as a guard's. Throws {@link UsageError} with the offset. */
export function parseExpression(text: string): Expression {
  const reader = readerOf(text)
  const expression = asExpression(reader, readSum(reader), 0)
  reader.finish('an operator or the end')
  return expression
}

type Reader = {
  peek: () => Token
  next: () => Token
  /** Takes the next token when it is this symbol or key word. */
  take: (text: string) => boolean
  expect: (text: string) => void
  fail: (expected: string, at?: number) => UsageError
  finish: (expected: string) => void
  /** Runs a nested rule; refuses nesting so deep that reading it could exhaust the stack. */
  deeper: <T>(rule: () => T) => T
}

function readerOf(text: string): Reader {
  const tokens = tokenise(text)
  const last: Token = { kind: 'end', at: text.length }
  let position = 0
  let depth = 0
  const peek = (): Token => tokens[position] ?? last
  const next = (): Token => tokens[position++] ?? last
  const fail = (expected: string, at = peek().at): UsageError => syntaxError(text, at, expected)
  const take = (word: string): boolean => {
    const token = peek()
    const found = (token.kind === 'symbol' || token.kind === 'name') && token.text === word
    if (found) position++
    return found
  }
  return {
    peek,
    next,
    fail,
    take,
    expect: (word) => {
      if (!take(word)) throw fail(`'${word}'`)
    },
    finish: (expected) => {
      if (peek().kind !== 'end') throw fail(expected)
    },
    deeper: (rule) => {
      if (++depth > MAX_DEPTH) throw fail(`at most ${MAX_DEPTH} levels of nesting`)
      const result = rule()
      depth--
      return result
    },
  }
}

function readCondition(reader: Reader): Node {
  const of = readEither(reader)
  const held = reader.take('for')
  const spanAt = reader.peek().at
  const span = held ? readSpan(reader) : undefined
  const until = reader.take('until') ? asCondition(readEither(reader)) : undefined
  if (!span && !until) return of
  const inner = asCondition(of)
  if (span && 'samples' in span && span.samples > 1 && metricsOf(inner).length === 0 && alertsIn(inner).length > 0) {
    throw reader.fail('a duration such as 5m, since an alert has no samples', spanAt)
  }
  return { kind: 'for', of: inner, span: span ?? { samples: 1 }, ...(until && { until }) }
}

function readSpan(reader: Reader): Span {
  const token = reader.next()
  if (token.kind === 'duration' && token.ms > 0) return { ms: token.ms }
  const whole = token.kind === 'number' && Number.isInteger(token.value) && token.value > 0
  if (!whole) throw reader.fail("a duration such as 5m, or a count such as '3 samples'", token.at)
  if (!reader.take('samples') && !reader.take('sample'))
    throw reader.fail("'samples', or a unit right after the number")
  return { samples: token.value }
}

function readEither(reader: Reader): Node {
  let left = readBoth(reader)
  while (reader.take('or')) left = { kind: 'or', left: asCondition(left), right: asCondition(readBoth(reader)) }
  return left
}

function readBoth(reader: Reader): Node {
  let left = readNegated(reader)
  while (reader.take('and')) left = { kind: 'and', left: asCondition(left), right: asCondition(readNegated(reader)) }
  return left
}

function readNegated(reader: Reader): Node {
  if (!reader.take('not')) return readComparison(reader)
  return { kind: 'not', of: asCondition(reader.deeper(() => readNegated(reader))) }
}

function readComparison(reader: Reader): Node {
  const { at } = reader.peek()
  const left = readSum(reader)
  if (reader.take('[')) return readReaches(reader, asExpression(reader, left, at))
  const token = reader.peek()
  if (token.kind !== 'symbol' || !COMPARE_OPS.includes(token.text)) return left
  reader.next()
  const rightAt = reader.peek().at
  const right = asExpression(reader, readSum(reader), rightAt)
  return { kind: 'compare', op: token.text as CompareOp, left: asExpression(reader, left, at), right }
}

function readReaches(reader: Reader, of: Expression): Reaches {
  const range = { ms: readLength(reader, 'the length of the past to judge by, such as 6h') }
  reader.expect(']')
  const direction = (['rises', 'falls'] as const).find(reader.take)
  if (!direction) throw reader.fail("'rises to' or 'falls to' after a range")
  reader.expect('to')
  const limitAt = reader.peek().at
  const limit = asExpression(reader, readSum(reader), limitAt)
  reader.expect('within')
  const withinMs = readLength(reader, 'how far ahead to look, such as 24h')
  return { kind: 'reaches', of, range, direction, limit, withinMs }
}

const readSum = (reader: Reader): Node => readChain(reader, ['+', '-'], readProduct)
const readProduct = (reader: Reader): Node => readChain(reader, ['*', '/'], readValue)

function readChain(reader: Reader, ops: readonly ArithmeticOp[], readPart: (reader: Reader) => Node): Node {
  const { at } = reader.peek()
  let left = readPart(reader)
  for (let op = ops.find(reader.take); op; op = ops.find(reader.take)) {
    const rightAt = reader.peek().at
    const right = asExpression(reader, readPart(reader), rightAt)
    left = { kind: 'arithmetic', op, left: asExpression(reader, left, at), right }
  }
  return left
}

function readValue(reader: Reader): Node {
  if (reader.take('-')) return reader.deeper(() => readNegative(reader))
  if (reader.take('(')) {
    const inner = reader.deeper(() => readCondition(reader))
    reader.expect(')')
    return inner
  }
  if (reader.take('alert')) return readAlert(reader)
  const token = reader.next()
  if (token.kind === 'number') return { kind: 'number', value: token.value }
  if (token.kind !== 'name' || KEYWORDS.includes(token.text)) throw reader.fail(VALUE, token.at)
  if (!reader.take('(')) return readMatchers(reader, token.text)
  return token.text === 'time' && reader.take(')') ? { kind: 'time' } : readCall(reader, token)
}

function readNegative(reader: Reader): Node {
  const { at } = reader.peek()
  const right = asExpression(reader, readValue(reader), at)
  if (right.kind === 'number') return { kind: 'number', value: -right.value }
  return { kind: 'arithmetic', op: '-', left: { kind: 'number', value: 0 }, right }
}

/** What follows `NAME (`. A range makes it a function over time, its absence one across series. */
function readCall(reader: Reader, name: { readonly text: string; readonly at: number }): Expression {
  const fn = RANGE.find((known) => known === name.text)
  if (!fn) throw reader.fail(`one of the functions ${RANGE.join(', ')}`, name.at)
  const inner = reader.next()
  if (inner.kind !== 'name' || KEYWORDS.includes(inner.text)) throw reader.fail('a metric', inner.at)
  if (reader.take('(')) {
    const of = reader.deeper(() => readCall(reader, inner))
    if (of.kind !== 'over-time') throw reader.fail('a metric, or a function over a range', inner.at)
    return readAcross(reader, fn, name.at, of)
  }
  const of = readMatchers(reader, inner.text)
  return reader.take('[') ? readOverTime(reader, fn, of) : readAcross(reader, fn, name.at, of)
}

function readOverTime(reader: Reader, fn: RangeFunction, of: Selector): OverTime {
  const range = fn === 'zscore' ? readCount(reader) : { ms: readLength(reader, 'the length of the range, such as 5m') }
  reader.expect(']')
  if (fn === 'forecast') reader.expect(',')
  const ahead = fn === 'forecast' ? { aheadMs: readLength(reader, 'how far ahead to look, such as 5m') } : {}
  reader.expect(')')
  return { kind: 'over-time', fn, of, range, ...ahead }
}

function readAcross(reader: Reader, fn: RangeFunction, at: number, of: Selector | OverTime): Expression {
  const across: AcrossFunction | undefined = ACROSS.find((known) => known === fn)
  if (!across) {
    const range = fn === 'zscore' ? '1000 samples' : '5m'
    if (of.kind === 'select') throw reader.fail(`a range, as in ${fn}(${of.metric}[${range}])`)
    throw reader.fail(`one of ${ACROSS.join(', ')} around a function over a range`, at)
  }
  reader.expect(')')
  return { kind: 'across', fn: across, of }
}

function readCount(reader: Reader): Span {
  const { at } = reader.peek()
  const { least, most } = ZSCORE_SAMPLES
  const span = readSpan(reader)
  if ('samples' in span && span.samples >= least && span.samples <= most) return span
  throw reader.fail(`a count from '${least} samples' to '${most} samples'`, at)
}

function readLength(reader: Reader, expected: string): number {
  const token = reader.next()
  if (token.kind === 'duration' && token.ms > 0) return token.ms
  throw reader.fail(expected, token.at)
}

function readAlert(reader: Reader): Condition {
  const { at } = reader.peek()
  const matchers = readTests(reader)
  // An empty selector is never everything.
  if (matches({}, matchers)) throw reader.fail('{ and a test that asks for a label, such as alertname="HighErrors"', at)
  return { kind: 'alert', matchers }
}

function readMatchers(reader: Reader, metric: string): Selector {
  return { kind: 'select', metric, matchers: readTests(reader) }
}

function readTests(reader: Reader): Matcher[] {
  const matchers: Matcher[] = []
  if (reader.take('{') && !reader.take('}')) {
    do matchers.push(readMatcher(reader))
    while (reader.take(','))
    reader.expect('}')
  }
  return matchers
}

function readMatcher(reader: Reader): Matcher {
  const label = reader.next()
  if (label.kind !== 'name') throw reader.fail('a label name', label.at)
  const op = (['=~', '!~', '!=', '='] as const).find(reader.take)
  if (!op) throw reader.fail('=, !=, =~ or !~')
  const value = reader.next()
  if (value.kind !== 'string') throw reader.fail('a quoted text', value.at)
  if (op === '=~' || op === '!~') safePattern(value.value)
  return { label: label.text, op, value: value.value }
}

function asCondition(node: Node): Condition {
  return isCondition(node) ? node : { kind: 'compare', op: '>', left: node, right: { kind: 'number', value: 0 } }
}

function asExpression(reader: Reader, node: Node, at: number): Expression {
  if (isCondition(node)) throw reader.fail('a number, not something true or false', at)
  return node
}
