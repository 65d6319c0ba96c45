import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, turnstile } from './limits.ts'

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

test('whoever comes, leaves or gives up, no more are inside than may be, and nobody waits before an empty place', () => {
  const acts = fc.array(fc.oneof(fc.constant('enter' as const), fc.nat(20)), { maxLength: 60 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), acts, (limit, all) => {
      const gate = turnstile()
      gate.setLimit(limit)
      const guests: { state: 'waiting' | 'inside' | 'refused' | 'left'; leave: () => void }[] = []
      const count = (wanted: string): number => guests.filter(({ state }) => state === wanted).length
      const enter = (): void => {
        const guest: (typeof guests)[number] = { state: 'waiting', leave: () => {} }
        guests.push(guest)
        guest.leave = gate.enter(
          () => (guest.state = 'inside'),
          () => (guest.state = 'refused'),
        )
      }
      const leave = (guest: (typeof guests)[number] | undefined): void => {
        if (!guest || guest.state === 'left') return
        guest.state = 'left'
        guest.leave()
      }
      for (const act of all) {
        if (act === 'enter') enter()
        else leave(guests[act])
        expect(count('inside')).toBeLessThanOrEqual(limit)
        expect(count('waiting')).toBeLessThanOrEqual(count('inside') === limit ? limit : 0)
      }
      for (const guest of guests) leave(guest)
      enter()
      expect(guests.at(-1)?.state).toBe('inside')
      leave(guests.at(-1))
    }),
  )
})
