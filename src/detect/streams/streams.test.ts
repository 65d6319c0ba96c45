import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ensemble } from './ensemble.ts'
import { STREAM_DETECTORS } from './registry.ts'
import type { StreamDetector } from './stream.ts'

const MINUTE_MS = 60_000
const ABOUT = { kind: 'gauge', intervalMs: MINUTE_MS } as const
const ALL: readonly StreamDetector[] = [...STREAM_DETECTORS.values(), ensemble]

/** A wave with noise, always the same; a fault where asked. */
function wave(length: number, fault?: { readonly at: number; readonly by: number }): number[] {
  let seed = 7
  const noise = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  return Array.from({ length }, (_, i) => 100 + 20 * Math.sin(i / 50) + 4 * noise() + (i === fault?.at ? fault.by : 0))
}

function scoresOf(detector: StreamDetector, values: readonly number[]): number[] {
  const stream = detector.begin(ABOUT)
  return values.map((value, i) => stream.next(i * MINUTE_MS, value))
}

test('every detector stands in the registry, and in a file of its name', () => {
  const others = 'counter ensemble learned measure registry shown sorted-window spread stream tail'.split(' ')
  const files = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
  const families = [...STREAM_DETECTORS.keys()].map((name) => name.replace(/-\d+$/, ''))
  expect(files.filter((file) => !others.includes(file)).toSorted()).toEqual([...new Set(families)].toSorted())
})

describe.each(ALL.map((detector) => [detector.name, detector] as const))('%s', (_, detector) => {
  test('scores between 0 and 1, and says nothing while it warms up', () => {
    const scores = scoresOf(detector, wave(3000, { at: 2500, by: 1e9 }))
    expect(scores.every((score) => Number.isNaN(score) || (score >= 0 && score <= 1))).toBe(true)
    expect(scores[0]).toBeNaN()
  })

  test('gives the same scores when saved as JSON and restored in the middle', () => {
    const values = wave(1600, { at: 1300, by: 200 })
    const whole = scoresOf(detector, values)
    for (const cut of [1, 45, 700, 1200]) {
      const first = detector.begin(ABOUT)
      values.slice(0, cut).forEach((value, i) => first.next(i * MINUTE_MS, value))
      const second = detector.begin(ABOUT, JSON.parse(JSON.stringify(first.save())))
      const rest = values.slice(cut).map((value, i) => second.next((cut + i) * MINUTE_MS, value))
      expect(rest).toEqual(whole.slice(cut))
    }
  })

  test('does not mind unit and zero of the values', () => {
    const values = wave(1500, { at: 1200, by: 60 })
    const scores = scoresOf(detector, values)
    const powers = fc.integer({ min: -8, max: 8 }).map((power) => 2 ** power)
    fc.assert(
      fc.property(powers, fc.integer({ min: -1000, max: 1000 }), (scale, shift) => {
        const others = scoresOf(
          detector,
          values.map((value) => value * scale + shift),
        )
        expect(others.map(Number.isNaN)).toEqual(scores.map(Number.isNaN))
        const off = others.map((score, i) => Math.abs(score - (scores[i] ?? 0)))
        expect(Math.max(...off.filter((each) => !Number.isNaN(each)))).toBeLessThan(1e-3)
      }),
      { numRuns: 5 },
    )
  })

  test('never finds anything in a constant', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
        expect(
          scoresOf(
            detector,
            Array.from({ length: 300 }, () => value),
          ).filter((score) => score > 0),
        ).toEqual([])
      }),
      { numRuns: 20 },
    )
  })

  test('passes over what is no number as if it had not come, and explains in words', () => {
    const values = wave(600, { at: 500, by: 100 })
    const stream = detector.begin(ABOUT)
    const scores = values.map((value, i) => {
      if (i % 7 === 3) {
        expect(stream.next(i * MINUTE_MS - 1, Number.NaN)).toBeNaN()
        expect(stream.next(i * MINUTE_MS - 1, Number.POSITIVE_INFINITY)).toBeNaN()
      }
      return stream.next(i * MINUTE_MS, value)
    })
    expect(scores).toEqual(scoresOf(detector, values))
    expect(stream.explain()).not.toBe('')
  })
})

describe('what each is for', () => {
  const of = (name: string): StreamDetector => STREAM_DETECTORS.get(name)!
  const NIGHT_AND_DAY = Array.from({ length: 24 * 14 }, (_, hour) => (hour % 24 < 8 ? 10 : 50) + ((hour * 7) % 5))
  const hourly = (values: readonly number[], name: string): number[] => {
    const stream = of(name).begin({ kind: 'gauge', intervalMs: 3_600_000 })
    return values.map((value, hour) => stream.next(hour * 3_600_000, value))
  }

  test.each(['z-score', 'median', 'ewma', 'rate', 'novelty-1', 'novelty-3', 'novelty-8'])('%s sees a spike', (name) => {
    const scores = scoresOf(of(name), wave(1500, { at: 1200, by: 300 }))
    const most = Math.max(...scores.filter((score) => !Number.isNaN(score)))
    expect(scores.indexOf(most)).toBeGreaterThanOrEqual(1200)
    expect(scores.indexOf(most)).toBeLessThan(1208)
  })

  test('season sees a day in the night, learned by itself; where there is none, it has no opinion', () => {
    const broken = NIGHT_AND_DAY.with(24 * 12 + 3, 50)
    const scores = hourly(broken, 'season')
    expect(scores[24 * 12 + 3]).toBe(Math.max(...scores.filter((score) => !Number.isNaN(score))))
    const noRhythm = wave(24 * 14).map((value) => value % 7)
    expect(hourly(noRhythm, 'season').filter((score) => score > 0)).toEqual([])
  })

  test('change-point sees a new level, and not a single spike', () => {
    const step = wave(900).map((value, i) => (i < 700 ? value : value + 200))
    expect(Math.max(...scoresOf(of('change-point'), step).slice(700, 715))).toBeGreaterThan(0.6)
    expect(Math.max(...scoresOf(of('change-point'), wave(900, { at: 700, by: 1e6 })).slice(700, 715))).toBeLessThan(0.6)
  })

  test('flat-line sees a series that stopped moving', () => {
    const stuck = wave(600).map((value, i) => (i < 500 ? value : 100))
    expect(Math.max(...scoresOf(of('flat-line'), stuck).slice(500))).toBeGreaterThan(0.6)
  })

  test('missing sees a gap by its time', () => {
    const stream = of('missing').begin(ABOUT)
    let at = 0
    for (let i = 0; i < 200; i++) expect(stream.next((at += MINUTE_MS), 1) || 0).toBe(0)
    expect(stream.next(at + 60 * MINUTE_MS, 1)).toBeGreaterThan(0.6)
    expect(stream.explain()).toContain('60 passed')
  })
})

describe('the ensemble', () => {
  test('watches the growth of a counter, and takes a restart for no fall', () => {
    const counter = ensemble.begin({ kind: 'counter', intervalMs: MINUTE_MS })
    let count = 0
    const scores = Array.from({ length: 1500 }, (_, i) => {
      count = i === 900 ? 0 : count + 100 + ((i * 7919) % 13) + (i === 1200 ? 5000 : 0)
      return counter.next(i * MINUTE_MS, count)
    })
    expect(scores[1200]).toBe(Math.max(...scores.filter((score) => !Number.isNaN(score))))
    expect(scores.indexOf(scores[1200] ?? 0)).toBe(1200)
  })

  test('says what it learned: after a short warm-up, in words', () => {
    const stream = ensemble.begin({ kind: 'latency', intervalMs: MINUTE_MS })
    stream.next(0, 20)
    expect(stream.learned()).toMatch(/^latency: still learning: 1 of 40 samples/)
    for (let i = 1; i < 100; i++) stream.next(i * MINUTE_MS, i === 50 ? Number.NaN : 20 + (i % 11))
    expect(stream.learned()).toMatch(
      /^latency: moves around 25, mostly between 20 and 30 \(99 samples, 1 that were no numbers ignored\); .*median/,
    )
  })
})
