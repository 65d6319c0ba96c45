import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Decoded } from '../domain/series.ts'
import { memorySink } from '../../test/fakes/memory-sink.ts'
import { decodeExposition } from './exposition.ts'
import { prometheusReader, type TextSample } from './prometheus-text.ts'

const NOW = Date.UTC(2026, 10, 22)
const OLDEST = Date.UTC(2000)

/** What the thorough reader makes of a body: samples by line, and how many lines are bad. */
function thorough(body: string, openMetrics: boolean): { lines: string[]; refused: number } {
  const { samples, badLines } = prometheusReader()(body, { openMetrics })
  const sink = memorySink()
  const key = (sample: TextSample): Buffer => Buffer.from(JSON.stringify([sample.metric, sample.labels]))
  let untimely = 0
  for (const sample of samples) {
    const { at = NOW, value, metric, labels } = sample
    if (at < OLDEST || at > NOW + 600_000) untimely++
    else
      sink.push(
        sink.slotOf(key(sample), 0, key(sample).length, () => ({ metric, labels })),
        at,
        value,
      )
  }
  return { lines: sink.lines(), refused: badLines + untimely }
}

function fast(body: string, openMetrics = false): Decoded & { readonly lines: string[] } {
  const sink = memorySink()
  const decoded = decodeExposition(Buffer.from(body), sink, { now: NOW, openMetrics })
  return { ...decoded, lines: sink.lines() }
}

const same = (body: string, openMetrics: boolean): void => {
  const { lines, refused } = fast(body, openMetrics)
  expect({ lines, refused }).toEqual(thorough(body, openMetrics))
}

const number = fc.oneof(
  fc.double().map(String),
  fc.integer().map(String),
  fc.tuple(fc.integer(), fc.nat(999_999), fc.integer({ min: -40, max: 40 })).map(([a, b, e]) => `${a}.${b}e${e}`),
  fc.tuple(fc.nat(999), fc.nat(99)).map(([a, b]) => `${a}.${b}`),
  fc.constantFrom(
    '1.',
    '.5',
    '+7',
    '-0',
    'NaN',
    '+Inf',
    '-Inf',
    'inf',
    '0x1',
    '1_0',
    '1e',
    '--1',
    '1e999',
    '1E3',
    '-',
    '.',
  ),
)
const time = fc.oneof(fc.integer({ min: OLDEST - 5, max: NOW + 600_005 }).map(String), number)
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('\\"', '}', '{', '\\\\', '\\n', ' # '),
)
const labels = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', '_c', '1d', '__proto__'), value), { maxLength: 3 })
  .map((pairs) => `{${pairs.map(([name, value]) => `${name}="${value}"`).join(',')}}`)
const line = fc
  .tuple(
    fc.constantFrom('', ' ', '\t'),
    fc.constantFrom('up', 'a:b_1', 'x', '1x', 'é'),
    fc.oneof(
      fc.constant(''),
      fc.constant(' '),
      labels,
      labels.map((text) => ` ${text}`),
    ),
    fc.constantFrom('', ' ', '  ', '\t '),
    number,
    fc.oneof(
      fc.constant(''),
      time.map((time) => ` ${time}`),
      fc.constantFrom(' ', ' # {a="b"} 1', ' #', ` ${NOW} 3`, ` ${NOW}# 3`, ` ${NOW} # 3`, '#'),
    ),
  )
  .map((parts) => parts.join(''))
const noise = fc
  .array(fc.constantFrom('a', '{', '}', '"', '\\', '=', ',', ' ', '1', '.', '#', '\t', '\r', 'e'), { maxLength: 12 })
  .map((parts) => parts.join(''))

test('every line means what the thorough reader says it means', () => {
  const body = fc
    .tuple(
      fc.array(fc.oneof(line, line, noise, fc.constant('# HELP up it is')), { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
    )
    .map(([lines, newline]) => lines.join(newline))
  fc.assert(fc.property(body, fc.boolean(), same), { numRuns: 3000 })
})

test('every number is what Number makes of it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 20 }), (value, digits) => {
      const texts = [String(value), value.toExponential(digits), value.toPrecision(digits + 1)]
      if (Math.abs(value) < 1e21) texts.push(value.toFixed(digits))
      for (const text of texts) {
        const sink = memorySink()
        decodeExposition(Buffer.from(`x ${text.replace('Infinity', 'Inf')}`), sink, { now: NOW })
        expect(sink.taken[0]!.samples).toEqual([[NOW, Number(text)]])
      }
    }),
    { numRuns: 1000 },
  )
})

test('bad lines are counted, and the first few named', () => {
  const bad = ['up', '1up 1', 'up x', 'up{a="b" 1', 'up 1 x', 'up{a="b",a="c"} 1', `up 1 ${NOW} 3`]
  const { samples, refused, reasons } = fast(['good 1', ...bad, 'good 2'].join('\n'))
  expect([samples, refused]).toEqual([2, 7])
  expect(reasons).toEqual([
    'line 2: a name, labels in braces, and a value are expected',
    'line 3: a metric name is expected',
    'line 4: a number is expected as value',
    'line 5: a name, labels in braces, and a value are expected',
    'line 6: a number is expected as time',
  ])
})

test('a head that is not UTF-8, or very long, is refused for itself', () => {
  const sink = memorySink()
  const body = Buffer.concat([
    Buffer.from('good 1\nup{a="'),
    Buffer.of(0xc3, 0x28),
    Buffer.from(`"} 1\nup{a="${'x'.repeat(20_000)}"} 1\ngood ${'1'.repeat(2000)}\ngood 2`),
  ])
  expect(decodeExposition(body, sink, { now: NOW })).toMatchObject({ samples: 2, refused: 3 })
  expect(sink.lines()).toEqual([`good 1 @${NOW}`, `good 2 @${NOW}`])
})

test('TYPE lines tell what families are', () => {
  const told: unknown[] = []
  const types = ['hits counter', 'heat gauge', 'took histogram', 'lasted summary', 'what untyped', 'x constructor']
  const body = types.map((type) => `# TYPE ${type}\n`).join('')
  decodeExposition(Buffer.from(body), memorySink(), { now: NOW, metadata: (...each) => told.push(each) })
  expect(told).toEqual([
    ['hits', 'counter'],
    ['heat', 'gauge'],
    ['took', 'histogram'],
  ])
})

test('a body of nothing but bad lines is read quickly and reported briefly', () => {
  const hostile = `${'{'.repeat(1_000_000)}\nup{${'a="b",'.repeat(20_000)}\nup{a="${'\\'.repeat(1_000_001)}\n${'!\n'.repeat(100_000)}`
  const began = performance.now()
  const { samples, refused, reasons } = fast(hostile)
  expect(performance.now() - began).toBeLessThan(2000)
  expect([samples, refused, reasons.length]).toEqual([0, 100_003, 5])
})
