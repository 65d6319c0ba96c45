import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomFrom } from './random.ts'
import { hasRhythm, linearForecast, newestLine, reachOf, seasonalForecast, withoutLoneStep } from './forecast.ts'

const STEP_MS = 60_000
const HOUR_MS = 3_600_000
const timesOf = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => 1e12 + i * STEP_MS)
const noiseOf = (seed: number): (() => number) => {
  const random = randomFrom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

test('a straight line is continued, and its limit reached when the line does', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.integer({ min: 1, max: 59 }),
      (start, slope, minutes) => {
        const forecast = linearForecast(
          timesOf(20),
          Float64Array.from({ length: 20 }, (_, i) => start + slope * i),
        )!
        const limit = start + slope * (19 + minutes)
        expect(forecast.at(minutes * STEP_MS).value).toBeCloseTo(limit, 5)
        const reach = reachOf(forecast, limit, { rising: true, horizonMs: HOUR_MS })!
        expect(reach.afterMs / STEP_MS).toBeCloseTo(minutes, 3)
        expect(reachOf(forecast, start - 1, { rising: false, horizonMs: HOUR_MS })).toBeUndefined()
      },
    ),
  )
})

test('of noisy lines 19 in 20 new samples lie within the interval', () => {
  let within = 0
  for (let seed = 0; seed < 1000; seed++) {
    const noise = noiseOf(seed)
    const values = Float64Array.from({ length: 15 }, (_, i) => 3 + 0.5 * i + noise())
    const { low, high } = linearForecast(timesOf(15), values)!.at(10 * STEP_MS)
    const truth = 3 + 0.5 * 24 + noise()
    if (truth >= low && truth <= high) within++
  }
  expect(within).toBeGreaterThan(930)
  expect(within).toBeLessThan(970)
})

test('the earliest time is never after the expected one, the latest never before', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.boolean(), (seed, rising) => {
      const noise = noiseOf(seed)
      const values = Float64Array.from({ length: 30 }, (_, i) => (rising ? 1 : -1) * i + 2 * noise())
      const forecast = linearForecast(timesOf(30), values)!
      const reach = reachOf(forecast, rising ? 60 : -60, { rising, horizonMs: 4 * HOUR_MS })!
      expect(reach.earliestMs).toBeLessThanOrEqual(reach.afterMs)
      if (reach.latestMs !== undefined) expect(reach.latestMs).toBeGreaterThanOrEqual(reach.afterMs)
    }),
  )
})

const valuesOf = (valueAt: (i: number) => number): Float64Array =>
  Float64Array.from({ length: 120 }, (_, i) => valueAt(i))

test('a line certainly moves where it does, and by chance seldom', () => {
  let [up, still, wandering] = [0, 0, 0]
  for (let seed = 0; seed < 200; seed++) {
    const noise = noiseOf(seed)
    let walk = 0
    if (
      newestLine(
        timesOf(120),
        valuesOf((i) => i / 20 + noise()),
      )?.moves === 1
    )
      up++
    if (
      newestLine(
        timesOf(120),
        valuesOf(() => noise()),
      )?.moves === 0
    )
      still++
    if (
      newestLine(
        timesOf(120),
        valuesOf(() => (walk += noise())),
      )?.moves === 0
    )
      wandering++
  }
  expect([up, still > 180, wandering > 140]).toEqual([200, true, true])
  expect(
    newestLine(
      timesOf(120),
      valuesOf(() => 0.1),
    )?.moves,
  ).toBe(0)
})

test('what began late is seen in the newest part, and what has ended is not continued', () => {
  const noise = noiseOf(3)
  const late = newestLine(
    timesOf(120),
    valuesOf((i) => Math.max(0, i - 90) + noise() / 5),
  )!
  expect(late.moves).toBe(1)
  expect(late.at(30 * STEP_MS).value).toBeCloseTo(59, 0)
  const ended = newestLine(
    timesOf(120),
    valuesOf((i) => Math.min(90, i) + noise() / 5),
  )!
  expect(ended.at(60 * STEP_MS).value).toBeLessThan(95)
})

test('a lone step is taken out so that one line fits both of its sides; nothing else is touched', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5, max: 119 }), fc.constantFrom(-40, 40), (at, step) => {
      const line = valuesOf((i) => i / 3)
      const level = withoutLoneStep(valuesOf((i) => i / 3 + (i >= at ? step : 0)))
      level.forEach((value, i) => expect(value).toBeCloseTo((line[i] ?? 0) + step, 6))
      expect(withoutLoneStep(line)).toEqual(line)
    }),
  )
  const teeth = valuesOf((i) => i % 20)
  expect(withoutLoneStep(teeth)).toEqual(teeth)
})

test('a rhythm is what comes again, and no line, noise or single hill is one', () => {
  const noise = noiseOf(5)
  const shapes = [
    (i: number) => Math.sin((2 * Math.PI * i) / 40),
    (i: number) => i,
    noise,
    (i: number) => -((i - 60) ** 2),
  ]
  expect(
    shapes.map((shape) =>
      hasRhythm(
        valuesOf((i) => shape(i) + noise() / 10),
        40,
      ),
    ),
  ).toEqual([true, false, false, false])
})

test('a limit that is reached already is reached now', () => {
  const forecast = linearForecast(
    timesOf(10),
    Float64Array.from({ length: 10 }, (_, i) => i),
  )!
  expect(reachOf(forecast, 5, { rising: true, horizonMs: HOUR_MS })).toMatchObject({ afterMs: 0, earliestMs: 0 })
})

test('too few samples, or all at one time, foretell nothing', () => {
  expect(linearForecast(timesOf(4), new Float64Array(4))).toBeUndefined()
  expect(linearForecast(new Float64Array(9), new Float64Array(9))).toBeUndefined()
  expect(seasonalForecast(new Float64Array(47), 24, HOUR_MS)).toBeUndefined()
})

const day = (i: number): number => 50 + 20 * Math.sin((2 * Math.PI * i) / 24) + 0.1 * i

test('a daily rhythm that grows is foretold with its rhythm and its growth', () => {
  const forecast = seasonalForecast(
    Float64Array.from({ length: 24 * 14 }, (_, i) => day(i)),
    24,
    HOUR_MS,
  )!
  for (let ahead = 1; ahead <= 48; ahead++) {
    expect(forecast.at(ahead * HOUR_MS).value).toBeCloseTo(day(24 * 14 - 1 + ahead), 0)
  }
})

test('the rhythm is in when a limit is reached: at the peak of a day, not where the mean gets there', () => {
  const forecast = seasonalForecast(
    Float64Array.from({ length: 24 * 14 }, (_, i) => day(i)),
    24,
    HOUR_MS,
  )!
  const reach = reachOf(forecast, 105, { rising: true, horizonMs: 72 * HOUR_MS })!
  const first = Array.from({ length: 72 }, (_, i) => i + 1).find((ahead) => day(24 * 14 - 1 + ahead) >= 105)!
  expect(Math.abs(reach.afterMs / HOUR_MS - first)).toBeLessThanOrEqual(1.5)
})

test('of noisy rhythms about 19 in 20 new samples lie within the interval, which widens', () => {
  let [within, count] = [0, 0]
  for (let seed = 0; seed < 60; seed++) {
    const noise = noiseOf(seed)
    const forecast = seasonalForecast(
      Float64Array.from({ length: 24 * 10 }, (_, i) => day(i) + noise()),
      24,
      HOUR_MS,
    )!
    for (const ahead of [1, 6, 24]) {
      const { low, high } = forecast.at(ahead * HOUR_MS)
      const truth = day(24 * 10 - 1 + ahead) + noise()
      if (truth >= low && truth <= high) within++
      count++
    }
    const widths = [1, 24, 48].map((ahead) => forecast.at(ahead * HOUR_MS).high - forecast.at(ahead * HOUR_MS).low)
    expect(widths).toEqual(widths.toSorted((a, b) => a - b))
  }
  expect(within / count).toBeGreaterThan(0.88)
})
