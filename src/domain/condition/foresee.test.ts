import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWindows } from '../../signals/windows.ts'
import { randomFrom } from '../../lib/random.ts'
import type { ResourceRef } from '../resource.ts'
import { judge, type Judgement } from './evaluate.ts'
import { parseCondition } from './parse.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const START = 20_000 * DAY_MS
const target: ResourceRef = 'lab:shop/instance/web-1'

type Past = { readonly count: number; readonly intervalMs?: number; readonly aliases?: ReadonlyMap<string, string> }

/** What a condition says of `m` after so many samples, judged at the last of them. */
function judged(
  text: string,
  valueAt: (i: number) => number,
  { count, intervalMs = MINUTE_MS, aliases }: Past,
): Judgement {
  const windows = createWindows({ capacity: count })
  const timeOf = (i: number): number => START + i * intervalMs
  for (let i = 0; i < count; i++) {
    const samples = [{ metric: 'm', labels: {}, target, at: timeOf(i), value: valueAt(i) }]
    windows.add({ source: 's', intervalMs, samples })
  }
  const now = timeOf(count - 1)
  return judge(parseCondition(text), { windows, target, now, wasActive: false, ...(aliases && { aliases }) })
}

const noiseOf = (seed: number): (() => number) => {
  const random = randomFrom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

test('a limit is foreseen exactly when the line of the past gets there within the time', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 5, noNaN: true }),
      fc.integer({ min: 1, max: 600 }),
      fc.boolean(),
      (slope, minutes, rises) => {
        fc.pre(minutes < 235 || minutes > 245)
        const sign = rises ? 1 : -1
        const limit = sign * slope * (359 + minutes)
        const said = judged(`m[6h] ${rises ? 'rises' : 'falls'} to ${limit} within 4h`, (i) => sign * slope * i, {
          count: 360,
        })
        expect(said.state).toBe(minutes <= 240 ? 'true' : 'false')
        expect(
          judged(`m[6h] ${rises ? 'falls' : 'rises'} to ${-limit} within 400d`, (i) => sign * slope * i, { count: 360 })
            .state,
        ).toBe('false')
      },
    ),
    { numRuns: 40 },
  )
})

test('what is expected and what is now are its evidence, each with the limit', () => {
  const { evidence } = judged('m[2h] rises to 200 within 2h', (i) => i, { count: 120 })
  expect(evidence).toMatchObject([
    { signal: 'm, expected within 2h', limit: 200 },
    { signal: 'm', value: 119, limit: 200 },
  ])
  expect(evidence[0]?.value).toBeCloseTo(239, 5)
})

test('noise alone, and a rhythm alone, foresee nothing', () => {
  const random = (seed: number): string => {
    const noise = noiseOf(seed)
    return judged('m[6h] rises to 53.5 within 96h', () => 50 + noise(), { count: 360 }).state
  }
  const said = Array.from({ length: 200 }, (_, seed) => random(seed))
  expect(said.filter((state) => state === 'true').length).toBeLessThan(10)
  const sine = (i: number): number => 50 + 30 * Math.sin((2 * Math.PI * i) / 288)
  for (const phase of [0, 72, 144, 216]) {
    const past = { count: 288 * 3, intervalMs: 5 * MINUTE_MS }
    expect(judged('m[2d] rises to 95 within 3d', (i) => sine(i + phase), past).state).toBe('false')
  }
})

test('a rhythm that grows is foretold to reach its limit at a peak', () => {
  const grows = (i: number): number => 40 + 30 * Math.sin((2 * Math.PI * i) / 288) + (10 * i) / 288
  const past = { count: 288 * 3, intervalMs: 5 * MINUTE_MS }
  // Peaks of 102.5 and 112.5 follow: 107 is reached on the second day.
  expect(judged('m[2d] rises to 107 within 12h', grows, past).state).toBe('false')
  expect(judged('m[2d] rises to 107 within 2d', grows, past).state).toBe('true')
})

test('what was cleaned up goes on from where it is', () => {
  const cleaned = (i: number): number => 50 + i / 10 - (i >= 355 ? 40 : 0)
  expect(judged('m[6h] rises to 90 within 2h', (i) => 50 + i / 10, { count: 360 }).state).toBe('true')
  expect(judged('m[6h] rises to 90 within 2h', cleaned, { count: 360 }).state).toBe('false')
  expect(judged('m[6h] rises to 90 within 8h', cleaned, { count: 360 }).state).toBe('true')
})

test('one large file is no trend, and what began an hour ago is one', () => {
  const noise = noiseOf(1)
  const quiet = Array.from({ length: 360 }, () => 50 + noise() / 5)
  expect(judged('m[6h] rises to 95 within 24h', (i) => quiet[i]! + (i > 200 ? 30 : 0), { count: 360 }).state).toBe(
    'false',
  )
  expect(
    judged('m[6h] rises to 95 within 24h', (i) => quiet[i]! + Math.max(0, i - 270) / 4, { count: 360 }).state,
  ).toBe('true')
})

test('a limit that is reached already needs no past', () => {
  expect(judged('m[6h] rises to 95 within 24h', () => 96, { count: 3 })).toMatchObject({ state: 'true' })
  expect(judged('m[6h] falls to 5 within 24h', () => 5, { count: 3 })).toMatchObject({ state: 'true' })
})

test('with less than half of the range it is blind, and says why', () => {
  expect(judged('m[6h] rises to 95 within 24h', (i) => i / 10, { count: 170 })).toMatchObject({
    state: 'blind',
    reason: "too little of 'm' is known yet to foresee it",
  })
  expect(judged('other[6h] rises to 95 within 24h', (i) => i, { count: 170 })).toMatchObject({
    state: 'blind',
    reason: "no series for 'other'",
  })
})

test('it is foreseen of an alias, and against a limit that is itself measured', () => {
  const aliases = new Map([['usage', '100 * m / (m + 100)']])
  expect(judged('usage[1h] rises to 50 within 1h', (i) => i, { count: 61, aliases }).state).toBe('true')
  expect(judged('m[1h] rises to m + 10 within 1h', (i) => i, { count: 61 }).state).toBe('true')
})

test('a certificate is seen to run out: what is left of it falls by a second each second', () => {
  const expiry = (START + 10 * DAY_MS) / 1000
  const past = { count: 60, aliases: new Map([['days_left', '(m - time()) / 86400']]) }
  expect(judged('days_left[1h] falls to 0 within 9d', () => expiry, past).state).toBe('false')
  expect(judged('days_left[1h] falls to 0 within 10d', () => expiry, past).state).toBe('true')
  expect(judged('days_left[1h] falls to 0 within 10d', (i) => expiry + (i > 50 ? 90 * 86_400 : 0), past).state).toBe(
    'false',
  )
})

test('held for a time, since the first moment at which it was foreseen', () => {
  const text = 'm[2h] rises to 200 within 2h for 20m'
  const said = judged(text, (i) => i, { count: 120 })
  expect(said.state).toBe('true')
  expect(said.since).toBeGreaterThanOrEqual(START + 59 * MINUTE_MS)
  expect(said.since).toBeLessThanOrEqual(START + 82 * MINUTE_MS)
  expect(judged(text, (i) => i, { count: 90 }).state).toBe('false')
})
