import fc from 'fast-check'
import { expect, test } from 'vitest'
import { prometheusReader, type Exposition, type TextSample } from './prometheus-text.ts'

const read = (text: string, openMetrics = false): Exposition => prometheusReader()(text, { openMetrics })

const metric = fc.stringMatching(/^[A-Za-z_:][A-Za-z0-9_:]{0,8}$/)
const label = fc.oneof(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/), fc.constantFrom('__proto__', 'constructor'))
const text = fc.oneof(fc.string(), fc.constantFrom('\\', '"', '\n', ' # {', '} 1', ','))
const value = fc.oneof(fc.double(), fc.integer())
const sample: fc.Arbitrary<TextSample> = fc.record(
  {
    metric,
    labels: fc
      .uniqueArray(fc.tuple(label, text), { selector: ([name]) => name, maxLength: 4 })
      .map((pairs) => Object.fromEntries(pairs) as Record<string, string>),
    value,
    at: fc.integer({ min: 0, max: 10 ** 13 }),
  },
  { requiredKeys: ['metric', 'labels', 'value'] },
)

function write({ metric, labels, value, at }: TextSample): string {
  const escaped = (raw: string): string => raw.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  const pairs = Object.entries(labels).map(([name, raw]) => `${name}="${escaped(raw)}"`)
  const number = Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
  return `${metric}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${number}${at === undefined ? '' : ` ${at}`}`
}

// The writer above writes minus zero as zero.
const plain = (samples: readonly TextSample[]): TextSample[] =>
  samples.map((one) => (one.value === 0 ? { ...one, value: 0 } : one))

test('what is written is read, on every scrape the same', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (samples, newline) => {
      const reader = prometheusReader()
      const body = samples.map((one) => write(one) + newline).join('')
      for (let scrape = 0; scrape < 2; scrape++) {
        const found = reader(body)
        expect(found.bad).toEqual([])
        expect(plain(found.samples)).toEqual(plain(samples))
      }
    }),
    { numRuns: 500 },
  )
})

test('a line that cannot be read is skipped, counted and named, and the others are read', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(sample.map(write), fc.string(), text), { maxLength: 20 }), (lines) => {
      const body = lines.join('\n')
      const alone = body.split('\n').map((line) => read(line))
      const found = read(body)
      expect(found.samples).toEqual(alone.flatMap(({ samples }) => samples))
      expect(found.badLines).toBe(alone.reduce((total, { badLines }) => total + badLines, 0))
      expect(found.bad.map(({ line }) => line)).toEqual(alone.flatMap(({ badLines }, i) => (badLines > 0 ? i + 1 : [])))
    }),
    { numRuns: 500 },
  )
})

test('a line means the same whether its head is known or new', () => {
  const noise = fc.constantFrom(
    'a',
    'a{b="c"}',
    ' ',
    '\t',
    '1',
    '0x1',
    '',
    '#',
    '1 2',
    'inf',
    'NaN',
    '{',
    '}',
    '"',
    '+',
    '.',
  )
  fc.assert(
    fc.property(fc.array(fc.array(noise, { maxLength: 5 }), { maxLength: 10 }), (lines) => {
      const reader = prometheusReader()
      reader('a 1\na{b="c"} 1\ni 1\n')
      for (const pieces of lines) expect(reader(pieces.join(''))).toEqual(read(pieces.join('')))
    }),
    { numRuns: 1000 },
  )
})

test('comments, blanks and the forms of numbers are as in the format', () => {
  const body = `# HELP up whether it answers
# TYPE up gauge

  \t
up 1
 up { a = "b" , c="d", } 2e3 1700000000000
	tabs	3	4
nan NaN
inf +Inf
minus -Inf
go Inf
dot .5
`
  const { samples, badLines } = read(body)
  expect(badLines).toBe(0)
  expect(samples.map(({ metric, labels, value, at }) => [metric, labels, value, at])).toEqual([
    ['up', {}, 1, undefined],
    ['up', { a: 'b', c: 'd' }, 2000, 1_700_000_000_000],
    ['tabs', {}, 3, 4],
    ['nan', {}, NaN, undefined],
    ['inf', {}, Infinity, undefined],
    ['minus', {}, -Infinity, undefined],
    ['go', {}, Infinity, undefined],
    ['dot', {}, 0.5, undefined],
  ])
})

test('what OpenMetrics adds does no harm: times in seconds, exemplars, the end mark', () => {
  const body = 'hits_total{code="200"} 7 1700000000.5 # {trace="abc"} 1 1699999999\nplain 1 # {} 1\n# EOF\n'
  expect(read(body, true)).toEqual({
    samples: [
      { metric: 'hits_total', labels: { code: '200' }, value: 7, at: 1_700_000_000_500 },
      { metric: 'plain', labels: {}, value: 1 },
    ],
    bad: [],
    badLines: 0,
  })
})

test.each([
  ['1up 1', 'a metric name'],
  ['up', 'a blank'],
  ['up ', 'a number is expected as value'],
  ['up 0x1f', 'a number'],
  ['up 1_000', 'a number'],
  ['up 1,5', 'a number'],
  ['up{a="b"', "',' or '}'"],
  ['up{a="b} 1', 'a quoted label value'],
  ['up{a=b} 1', 'a quoted label value'],
  ['up{a} 1', "'='"],
  ['up{a="b" c="d"} 1', "',' or '}'"],
  ['up{a="b",a="c"} 1', "'a' is given twice"],
  ['up{1="b"} 1', 'a label name'],
  ['up 1 then', 'a number is expected as time'],
  ['up 1 2 3', 'nothing is expected'],
])('%s is a bad line', (line, reason) => {
  const { samples, bad } = read(`ok 1\n${line}\nok 2`)
  expect(samples.map(({ value }) => value)).toEqual([1, 2])
  expect(bad).toEqual([{ line: 2, reason: expect.stringContaining(reason) }])
})

test('a body of nothing but bad lines is read quickly and reported briefly', () => {
  const hostile = `${'{'.repeat(1_000_000)}\nup{${'a="b",'.repeat(20_000)}\nup{a="${'\\'.repeat(1_000_001)}\n${'!\n'.repeat(100_000)}`
  const began = performance.now()
  const { bad, badLines, samples } = read(hostile)
  expect(performance.now() - began).toBeLessThan(2000)
  expect([samples.length, badLines, bad.length]).toEqual([0, 100_003, 20])
})
