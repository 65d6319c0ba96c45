import fc from 'fast-check'
import { expect, test } from 'vitest'
import { attempt, at } from '../../test/gate-world.ts'
import { restAfter } from './backoff.ts'
import type { SpentAttempt } from './ledger.ts'

const MINUTE = 60_000
const BASE = 10 * MINUTE
const BACKOFF = { factor: 2, maxMs: 6 * 60 * MINUTE }

/** Attempts one after the other, each a minute long and with the same time between them. */
function row(outcomes: readonly SpentAttempt['outcome'][], apartMs = MINUTE): SpentAttempt[] {
  return outcomes.map((outcome, i) => {
    const startMs = i * (MINUTE + apartMs)
    return attempt(startMs, { endedAt: at(startMs + MINUTE), ...(outcome && { outcome }) })
  })
}

test('every further failure doubles the rest, up to the longest', () => {
  const rests = [0, 1, 2, 3, 4, 10].map((n) => restAfter(row(Array(n).fill('spent')), BASE, BACKOFF) / MINUTE)
  expect(rests).toEqual([10, 10, 20, 40, 80, 360])
})

test('what healed begins a new row; what was never applied is not counted', () => {
  expect(restAfter(row(['spent', 'spent', 'healed', 'spent', 'rolled-back']), BASE, BACKOFF)).toBe(2 * BASE)
  expect(restAfter(row(['spent', 'abandoned', 'spent', undefined]), BASE, BACKOFF)).toBe(2 * BASE)
  expect(restAfter(row(['spent', 'spent', 'healed']), BASE, BACKOFF)).toBe(BASE)
})

test('a calm of twice the longest rest begins a new row', () => {
  expect(restAfter(row(['spent', 'spent', 'spent'], 2 * BACKOFF.maxMs + 1), BASE, BACKOFF)).toBe(BASE)
  expect(restAfter(row(['spent', 'spent', 'spent'], 2 * BACKOFF.maxMs), BASE, BACKOFF)).toBe(4 * BASE)
})

test('without a backoff, and without a base, there is nothing to grow', () => {
  expect(restAfter(row(Array(5).fill('spent')), BASE)).toBe(BASE)
  expect(restAfter(row(Array(5).fill('spent')), 0, BACKOFF)).toBe(0)
})

const outcome = fc.constantFrom('healed', 'helped', 'rolled-back', 'spent', 'parked', 'stuck', 'abandoned', undefined)
// Longer than any of these rows: a calm in it would begin a new one.
const backoff = fc.record({
  factor: fc.double({ min: 1, max: 10, noNaN: true }),
  maxMs: fc.integer({ min: 60 * MINUTE, max: 1e9 }),
})

test('is never shorter than the base nor longer than the longest, and one more failure never shortens it', () => {
  fc.assert(
    fc.property(fc.array(outcome), fc.nat(1e8), backoff, (outcomes, baseMs, rule) => {
      const rest = restAfter(row(outcomes, 0), baseMs, rule)
      expect(rest).toBeGreaterThanOrEqual(baseMs)
      expect(rest).toBeLessThanOrEqual(Math.max(baseMs, rule.maxMs))
      expect(restAfter(row([...outcomes, 'spent'], 0), baseMs, rule)).toBeGreaterThanOrEqual(
        outcomes.at(-1) === 'healed' ? baseMs : rest,
      )
      expect(restAfter(row([...outcomes, 'healed'], 0), baseMs, rule)).toBe(baseMs)
    }),
  )
})
