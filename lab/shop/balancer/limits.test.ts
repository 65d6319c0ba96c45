import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf } from './limits.ts'

test('whatever comes whenever, no span sees more than the rate and the quarter of a second that was kept', () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), arrivals, (rps, gapsMs) => {
      let at = 0
      const bucket = bucketOf(rps, () => at)
      const passed = gapsMs.flatMap((gapMs) => ((at += gapMs), bucket.take() === 0 ? [at] : []))
      for (const [i, from] of passed.entries()) {
        for (const [j, to] of passed.slice(i).entries()) {
          expect(j + 1).toBeLessThanOrEqual(Math.max(1, rps / 4) + ((to - from) * rps) / 1000 + 1e-6)
        }
      }
    }),
    { numRuns: 30 },
  )
})

test('who is turned away is told how long, and may come then', () => {
  let at = 0
  const bucket = bucketOf(2, () => at)
  expect(bucket.take()).toBe(0)
  const waitMs = bucket.take()
  expect(waitMs).toBe(500)
  at += waitMs
  expect(bucket.take()).toBe(0)
})
