import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../errors.ts'
import { reachOf } from './ast.ts'
import { parseCondition, parseExpression } from './parse.ts'
import { conditionText } from './text.ts'

test.each([
  'cpu_utilization > 80 for 5m',
  'qps > threshold * 2 for 1m',
  'up < 1 for 3 samples',
  'disk_usage > 90 for 3 samples until disk_usage < 85',
  'sum(rate(http_requests_total{app="checkout", code=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.05 for 5m',
  'forecast(disk_free[10m], 5m) <= 0 or not (up == 1 and load < 4)',
  '(a > 1 for 1h30m) and b != 2',
  'disk_usage[6h] rises to 95 within 18h for 30m until not disk_usage[6h] rises to 95 within 1d12h',
  '(free / size)[2d] falls to 0.05 within 12h and up == 1',
  'open_fds[1h] rises to max_fds - 10 within 4h',
  '(not_after - time()) / 86400 < 14',
  'zscore(latency{path="/"}[1000 samples]) > 3 for 3 samples',
  'a - (b - c) - d > -5',
  'alert{alertname="HighErrors", severity=~"critical|high"}',
  'not alert{alertname="A"} and (alert{alertname="B"} or up < 1) for 5m until alert{alertname="C"}',
])('%s is read, and written as it stands', (text) => {
  expect(conditionText(parseCondition(text))).toBe(text)
})

test.each([
  ['health_check_failed for 3m', 'health_check_failed > 0 for 3m'],
  ['cpu > 80%', 'cpu > 80'],
  ['((a)) > (1 + 2) * 3', 'a > (1 + 2) * 3'],
  ["up{probe='x'} == 0", 'up{probe="x"} == 0'],
  ['a > 1 and b > 2 or c', 'a > 1 and b > 2 or c > 0'],
  ['a > 90 until a < 85', 'a > 90 for 1 samples until a < 85'],
  ['a > -b', 'a > 0 - b'],
  ['a > .5e1 for 1 sample', 'a > 5 for 1 samples'],
  ['a > 1 for 90s', 'a > 1 for 1m30s'],
])('%s means %s', (text, meaning) => {
  expect(conditionText(parseCondition(text))).toBe(meaning)
})

test.each([
  ['', 1, 'a number, a metric'],
  ['up >', 5, 'a number, a metric'],
  ['up > 5 5', 8, 'the end'],
  ['up > 1 for 3', 13, "'samples'"],
  ['up > 1 for 0 samples', 12, 'a duration such as 5m'],
  ['up > 1 for 2.5 samples', 12, 'a duration such as 5m'],
  ['up{code="5} > 1', 9, 'a number, a duration, a name, a quoted text'],
  ['up{code~"5"} > 1', 8, 'a number, a duration, a name'],
  ['rate(x) > 1', 7, 'rate(x[5m])'],
  ['rate(x[5]) > 1', 8, 'the length of the range'],
  ['avg(x[10 samples]) > 1', 7, 'the length of the range'],
  ['zscore(x) > 1', 9, 'zscore(x[1000 samples])'],
  ['zscore(x[5m]) > 1', 10, "a count from '31 samples'"],
  ['zscore(x[30 samples]) > 1', 10, "a count from '31 samples'"],
  ['zscore(x[10001 samples]) > 1', 10, "to '10000 samples'"],
  ['rate(avg(x[5m])) > 1', 1, 'one of avg, min, max, sum, count'],
  ['nope(x[5m]) > 1', 1, 'one of the functions avg'],
  ['forecast(x[5m]) > 1', 15, "','"],
  ['x[5m] > 1', 7, "'rises to' or 'falls to'"],
  ['x[5m] rises 1', 13, "'to'"],
  ['x[5m] rises to 1', 17, "'within'"],
  ['x[5m] rises to 1 within 3', 25, 'how far ahead'],
  ['x[3 samples] rises to 1 within 3h', 3, 'the length of the past'],
  ['(a > 1)[5m] rises to 1 within 3h', 1, 'not something true or false'],
  ['time(x) > 3', 1, 'one of the functions'],
  ['a > 1 > 2', 7, 'the end'],
  ['(a > 1) + 2 > 1', 1, 'not something true or false'],
  ['a > (b and c)', 5, 'not something true or false'],
  ['alert', 6, 'a test that asks for a label, such as alertname'],
  ['alert{}', 6, 'a test that asks for a label'],
  ['alert{a!="b"}', 6, 'a test that asks for a label'],
  ['alert{a="b"} > 0', 1, 'not something true or false'],
  ['alert{a="b"} for 3 samples', 18, 'a duration such as 5m, since an alert has no samples'],
  ['sum(alert) > 0', 5, 'a metric'],
  ['a > 5m', 5, 'a number, a metric'],
  ['a > 1e999', 5, 'a finite number'],
  ['a $ 1', 3, 'an operator'],
  ['(a > 1', 7, "')'"],
])('%s is refused at character %i', (text, at, expected) => {
  const read = (): unknown => parseCondition(text)
  expect(read).toThrow(UsageError)
  expect(read).toThrow(`at character ${at}:`)
  expect(read).toThrow(expected)
})

test('a number is wanted where an expression is read', () => {
  expect(conditionText(parseExpression('sum(rate(x[1m])) * 2'))).toBe('sum(rate(x[1m])) * 2')
  expect(() => parseExpression('a > 1')).toThrow(UsageError)
  expect(() => parseExpression('(a > 1)')).toThrow('not something true or false')
})

test('any text is read or refused, whatever it is', () => {
  const word = fc.constantFrom(
    'a',
    '(',
    ')',
    '-',
    'not',
    'and',
    'for',
    '5m',
    '3',
    'samples',
    '>',
    '{',
    '[',
    ']',
    '"',
    ',',
    'sum(',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
  )
  fc.assert(
    fc.property(text, (any) => {
      try {
        parseCondition(any)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(UsageError)
      }
    }),
    { numRuns: 2000 },
  )
})

test.each(['('.repeat(4000), 'not '.repeat(1000), '-'.repeat(4000), 'sum('.repeat(1000), `${'a'.repeat(5000)} > 1`])(
  'hostile depth and length are refused, not a crash',
  (text) => {
    expect(() => parseCondition(text)).toThrow(UsageError)
  },
)

test('how far a condition looks back is known, so that windows can be made long enough', () => {
  expect(reachOf(parseCondition('avg(x[10m]) > 1 and y > 2 for 5m'))).toEqual({ ms: 900_000, samples: 2 })
  expect(reachOf(parseCondition('up < 1 for 3 samples until up > 0'))).toEqual({ ms: 0, samples: 4 })
  expect(reachOf(parseCondition('zscore(x[1000 samples]) > 3 for 3 samples'))).toEqual({ ms: 0, samples: 1003 })
})
