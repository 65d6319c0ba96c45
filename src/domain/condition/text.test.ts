import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metricsOf, type Condition, type Expression, type OverTime, type Selector } from './ast.ts'
import { parseCondition, parseExpression } from './parse.ts'
import { conditionText } from './text.ts'

const KEYWORDS = ['and', 'or', 'not', 'for', 'until', 'alert']
const name = fc.stringMatching(/^[A-Za-z_:][A-Za-z0-9_:]{0,12}$/).filter((text) => !KEYWORDS.includes(text))
const durationMs = fc.integer({ min: 1, max: 10 ** 10 })
const literal = fc.oneof(fc.string(), fc.constantFrom('"', '\\', '\n', "'", '\\n', '\u2028'))
const matcher = fc.oneof(
  fc.record({ label: name, op: fc.constantFrom('=' as const, '!=' as const), value: literal }),
  fc.record({
    label: name,
    op: fc.constantFrom('=~' as const, '!~' as const),
    value: fc.constantFrom('5..', 'a|b', '.*"x\\.'),
  }),
)
const select: fc.Arbitrary<Selector> = fc.record({
  kind: fc.constant('select' as const),
  metric: name,
  matchers: fc.array(matcher, { maxLength: 3 }),
})
const rangeFn: fc.Arbitrary<OverTime['fn']> = fc.constantFrom(
  'avg',
  'min',
  'max',
  'sum',
  'count',
  'rate',
  'increase',
  'stddev',
  'median',
  'last',
)
const time = fc.record({ ms: durationMs })
const overTime: fc.Arbitrary<OverTime> = fc.oneof(
  fc.record({
    kind: fc.constant('over-time' as const),
    fn: fc.constant('zscore' as const),
    of: select,
    range: fc.record({ samples: fc.integer({ min: 31, max: 10_000 }) }),
  }),
  fc.record({
    kind: fc.constant('over-time' as const),
    fn: rangeFn,
    of: select,
    range: time,
  }),
  fc.record({
    kind: fc.constant('over-time' as const),
    fn: fc.constant('forecast' as const),
    of: select,
    range: time,
    aheadMs: durationMs,
  }),
)
const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !Object.is(value, -0))
  .map((value) => ({ kind: 'number' as const, value }))

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(number, fc.constant({ kind: 'time' as const }), select, overTime),
    fc.record({
      kind: fc.constant('across' as const),
      fn: fc.constantFrom('sum' as const, 'avg' as const, 'min' as const, 'max' as const, 'count' as const),
      of: fc.oneof(select, overTime),
    }),
    fc.record({
      kind: fc.constant('arithmetic' as const),
      op: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
      left: tie('expression'),
      right: tie('expression'),
    }),
  ),
}))

const compare: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constant('compare' as const),
  op: fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const, '==' as const, '!=' as const),
  left: expression,
  right: expression,
})
const reaches: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constant('reaches' as const),
  of: expression,
  range: time,
  direction: fc.constantFrom('rises' as const, 'falls' as const),
  limit: expression,
  withinMs: durationMs,
})
const alert: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constant('alert' as const),
  matchers: fc
    .tuple(fc.constant({ label: 'alertname', op: '=' as const, value: 'A' }), fc.array(matcher, { maxLength: 2 }))
    .map(([first, others]) => [first, ...others]),
})
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    compare,
    reaches,
    alert,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('condition'),
      right: tie('condition'),
    }),
    fc.record({ kind: fc.constant('not' as const), of: tie('condition') }),
    fc
      .record(
        {
          kind: fc.constant('for' as const),
          of: tie('condition'),
          span: fc.oneof(time, fc.record({ samples: fc.integer({ min: 1, max: 1000 }) })),
          until: tie('condition'),
        },
        { requiredKeys: ['kind', 'of', 'span'] },
      )
      // An alert has no samples to count.
      .map((held) => (metricsOf(held.of).length > 0 ? held : { ...held, span: { ms: 60_000 } })),
  ),
}))

test('a condition that is written and read again is the same', () => {
  fc.assert(
    fc.property(condition, (tree) => {
      const text = conditionText(tree)
      fc.pre(text.length <= 4096 && depthOf(text) < 30)
      expect(parseCondition(text)).toEqual(tree)
    }),
    { numRuns: 1000 },
  )
})

test('an expression that is written and read again is the same', () => {
  fc.assert(
    fc.property(expression, (tree) => {
      const text = conditionText(tree)
      fc.pre(text.length <= 4096 && depthOf(text) < 30)
      expect(parseExpression(text)).toEqual(tree)
    }),
    { numRuns: 1000 },
  )
})

const depthOf = (text: string): number => text.split(/\(|not /).length
