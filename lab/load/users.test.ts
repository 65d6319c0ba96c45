import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserRequest } from './protocol.ts'
import { usersView } from './users.ts'

const NOW = 1_000_000_500
const END = 1_000_000_000
const request = (endedAt: number, ms = 10, ok = true): UserRequest => ({ sentAt: endedAt - ms, ms, ok })

test('what users meet now is over the newest five whole seconds', () => {
  const { now } = usersView(
    [request(END - 5001, 900, false), request(END - 4999), request(END - 1, 30, false), request(END + 10, 900, false)],
    NOW,
  )
  expect(now).toEqual({ perSecond: 0.4, failedShare: 0.5, medianMs: 20, p95Ms: 29 })
})

test('where nobody came nothing is said of how they were served', () => {
  const { now, seconds } = usersView([], NOW)
  expect(now).toBeNull()
  expect(seconds).toHaveLength(120)
  expect(seconds.at(-1)).toEqual({ at: END - 1000, requests: 0, failed: 0, p95Ms: null })
})

test('every request that ended within the two minutes is counted once, in its second', () => {
  const ended = fc.record({ ago: fc.integer({ min: 0, max: 200_000 }), ok: fc.boolean() })
  fc.assert(
    fc.property(fc.array(ended, { maxLength: 60 }), (all) => {
      const requests = all.map(({ ago, ok }) => request(END + 500 - ago, 10, ok)).sort((a, b) => a.sentAt - b.sentAt)
      const { seconds } = usersView(requests, NOW)
      const within = requests.filter(({ sentAt, ms }) => sentAt + ms >= END - 120_000 && sentAt + ms < END)
      expect(seconds.reduce((sum, { requests: n }) => sum + n, 0)).toBe(within.length)
      expect(seconds.reduce((sum, { failed }) => sum + failed, 0)).toBe(within.filter(({ ok }) => !ok).length)
    }),
  )
})
