import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SampleBatch } from '../../domain/batch.ts'
import { randomFrom } from '../../lib/random.ts'
import { ewma as ewmaStream } from '../streams/ewma.ts'
import { detectorOf, evidenceOf } from '../streams/measure.ts'
import { median } from '../streams/median.ts'
import { zScore as zScoreStream } from '../streams/z-score.ts'
import { createBanks } from './banks.ts'
import { ewma } from './ewma.ts'
import { learnedOf } from './learned.ts'
import { robust } from './robust.ts'
import type { BankRows } from './rows.ts'
import { weightOf } from './tail.ts'
import { zScore } from './z-score.ts'

const WINDOW = 120
const SLOT = 20_000

/** One series as a batch a value, and what its window holds. */
function windowed(values: readonly number[]): { readonly batches: SampleBatch[]; readonly ringAt: Float32Array[] } {
  const ring: number[] = []
  const origin = values[0] ?? 0
  const ringAt: Float32Array[] = []
  const batches = values.map((value, seen) => {
    const distance = Math.fround(value - origin)
    const old = seen < WINDOW ? Number.NaN : (ring.shift() ?? 0)
    ring.push(distance)
    ringAt.push(Float32Array.from(ring))
    const column = (number: number): Float64Array => Float64Array.of(number)
    const [ats, distances, olds, seens] = [seen * 60_000, distance, old, seen].map(column)
    return { length: 1, slots: Int32Array.of(SLOT), ats: ats!, distances: distances!, olds: olds!, seens: seens! }
  })
  return { batches, ringAt }
}

function bankEvidence(name: keyof typeof STREAMS, values: readonly number[]): number[] {
  const { batches, ringAt } = windowed(values)
  const rows: BankRows = []
  const evidence = new Float64Array(1)
  return batches.map((batch, i) => {
    const weights = Float64Array.of(weightOf(i))
    const window = { samples: WINDOW, ringOf: () => ringAt[i] ?? new Float32Array(0) }
    if (name === 'z-score') zScore(rows, window, batch, weights, evidence)
    else if (name === 'ewma') ewma(rows, batch, weights, evidence)
    else robust(rows, batch, weights, evidence)
    return evidence[0] ?? Number.NaN
  })
}

const STREAMS = { 'z-score': zScoreStream, ewma: ewmaStream, robust: median }

function streamEvidence(name: keyof typeof STREAMS, values: readonly number[]): number[] {
  const stream = detectorOf<never>(STREAMS[name] as never).begin({ kind: 'gauge', intervalMs: 60_000 })
  return values.map((value, i) => evidenceOf(stream.next(i * 60_000, value)))
}

/** Quarters of whole numbers: what float32 and float64 both hold. */
function noise(length: number, seed: number): number[] {
  const random = randomFrom(seed)
  return Array.from({ length }, () => Math.round(40 * (random() + random() + random() + random())) / 4)
}

test.each(['z-score', 'ewma'] as const)(
  'the bank of %s says what its stream says, where a value is as rare as can be told',
  (name) => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 60, max: WINDOW - 1 }),
        fc.integer({ min: 60, max: 1000 }),
        (seed, at, by) => {
          const values = noise(WINDOW, seed)
          values[at] = 20 + by
          expect(bankEvidence(name, values)[at]).toBeCloseTo(streamEvidence(name, values)[at] ?? 0, 5)
        },
      ),
      { numRuns: 50 },
    )
  },
)

test.each(['z-score', 'ewma', 'robust'] as const)(
  'the bank of %s agrees with its stream about what is news',
  (name) => {
    const random = randomFrom(3)
    const values = noise(6000, 4).map((value) => value + Math.round(-16 * Math.log(1 - random())) / 4)
    const [bank, stream] = [bankEvidence(name, values), streamEvidence(name, values)]
    const both = stream.map((evidence, i) => [evidence, bank[i] ?? 0] as const).slice(500)
    const news = both.filter(([evidence]) => evidence > 2.5)
    expect(news.length).toBeGreaterThan(5)
    const off = news.map(([a, b]) => Math.abs(a - b)).toSorted((a, b) => a - b)
    expect(off[off.length >> 1]).toBeLessThan(0.2)
    expect(off.at(-1)).toBeLessThan(0.6)
    expect(both.filter(([, evidence]) => evidence > 2.5).length).toBeLessThan(1.5 * news.length)
  },
)

test('the z-score sees what is small again as soon as what was enormous has left the window', () => {
  const values = noise(1000, 8).with(500, 1e12).with(650, 400)
  const evidence = bankEvidence('z-score', values)
  expect(evidence[500 + WINDOW]).toBe(0)
  expect(evidence[650]).toBeGreaterThan(4)
  expect(evidence.slice(621, 650).filter((each) => each > 3)).toEqual([])
})

describe('the three together', () => {
  /** Where they are loud. */
  function loudAt(values: readonly number[], limit?: number): number[] {
    const { batches, ringAt } = windowed(values)
    let now = 0
    const loud: number[] = []
    const window = { samples: WINDOW, ringOf: () => ringAt[now] ?? new Float32Array(0) }
    const banks = createBanks({
      window,
      ...(limit !== undefined && { limit }),
      onLoud: (_, at) => loud.push(at / 60_000),
    })
    batches.forEach((batch, i) => {
      now = i
      banks.take(batch)
    })
    return loud
  }

  test('are loud at a spike and at a new level, and not in noise', () => {
    const calm = noise(2000, 5)
    expect(loudAt(calm)).toEqual([])
    expect(loudAt(calm.with(1500, 400))).toEqual([1500])
    expect(loudAt(calm.map((value, i) => (i < 1500 ? value : value + 400)))[0]).toBe(1500)
    // One spike does not blind for the next.
    expect(loudAt(calm.with(1500, 400).with(1560, 400))).toContain(1560)
  })

  test('are never loud in a constant, and at once when it moves', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
        expect(loudAt(Array.from({ length: 300 }, () => value))).toEqual([])
      }),
      { numRuns: 20 },
    )
    expect(loudAt(Array.from({ length: 300 }, (_, i) => (i < 200 ? 7 : 8)))[0]).toBe(200)
  })

  test('begin anew with a series that begins, whatever had the slot before', () => {
    const loud: number[] = []
    const ring = new Float32Array(WINDOW)
    const banks = createBanks({ window: { samples: WINDOW, ringOf: () => ring }, onLoud: (slot) => loud.push(slot) })
    for (const batch of windowed(noise(300, 1)).batches) banks.take(batch)
    for (const batch of windowed(noise(300, 2).map((value) => 1e6 * value)).batches) banks.take(batch)
    expect(loud).toEqual([])
  })
})

test('a series says what it learned', () => {
  expect(
    learnedOf(
      'latency',
      Float32Array.from({ length: 120 }, (_, i) => 20 + (i % 11)),
    ),
  ).toBe('latency: moves around 25, mostly between 20 and 30 (120 samples); z-score, ewma and robust look at it')
  expect(learnedOf('gauge', new Float32Array(3))).toContain('still learning: 3 of 40 samples')
})
