import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { UserRequest } from './load/protocol.ts'
import { failures, healedAt, isRise, judge, type Effect, type Failures, type Observed } from './oracle.ts'

/** One request every 4 ms, each served within 2 ms unless it was sent while `isBroken`. */
function users(fromMs: number, toMs: number, isBroken: (at: number) => boolean = () => false): UserRequest[] {
  const all: UserRequest[] = []
  for (let sentAt = fromMs; sentAt < toMs; sentAt += 4) all.push({ sentAt, ms: 2, ok: !isBroken(sentAt) })
  return all
}

const effect = (at: number, service = 'web'): Effect => ({
  instance: `${service}-1`,
  service,
  kind: 'restart',
  at,
  key: `run/${at}`,
})
const crash: Observed = {
  injectedAt: 20_000,
  absentSince: 22_700,
  strikes: [],
  service: 'web',
  effects: [effect(22_600)],
  requests: users(0, 60_000, (at) => at >= 20_000 && at < 22_700 && at % 8 === 0),
}

test('a crash that was mended by a restart is healed by the fiftieth request, and harmless', () => {
  expect(judge(crash)).toMatchObject({ healedAt: 22_700 + 49 * 4 + 2, harm: [], effects: 1 })
})

test('harm that comes slowly counts from the first user who felt it', () => {
  const slow = { ...crash, comesSlowly: true, requests: users(0, 60_000, (at) => at >= 21_000 && at < 22_700) }
  expect(judge(slow).beganAt).toBe(21_000)
  expect(judge({ ...slow, comesSlowly: false }).beganAt).toBe(20_000)
  expect(judge({ ...slow, requests: users(0, 60_000) }).beganAt).toBe(20_000)
})

test('what was done to the pool in front of the broken service is inside the lineage of the cause', () => {
  const pool = { ...effect(22_600), instance: 'gateway', kind: 'pool/web' }
  expect(judge({ ...crash, effects: [pool] }).harm).toEqual([])
  expect(judge({ ...crash, effects: [{ ...pool, kind: 'pool/api', service: 'api' }] }).harm).toHaveLength(1)
})

test('a fault that is still present is not healed, however well users are served', () => {
  const { absentSince, ...present } = crash
  expect(absentSince).toBeDefined()
  expect(judge(present).healedAt).toBeNull()
})

test('healed is never before fifty requests that were sent after the fault was gone, and none of them failed', () => {
  const requests = fc.array(fc.record({ gap: fc.nat(20), ms: fc.nat(600), ok: fc.boolean() }), { minLength: 1 })
  const mostlyOk = fc
    .integer({ min: 0, max: 200 })
    .map((n) => Array.from({ length: n }, () => ({ gap: 3, ms: 5, ok: true })))
  fc.assert(
    fc.property(requests, mostlyOk, fc.nat(2000), (noise, calm, absentSince) => {
      let at = 0
      const row = [...noise, ...calm].map(({ gap, ms, ok }) => ({ sentAt: (at += gap), ms, ok }))
      const moment = healedAt(row, absentSince)
      const ends = row.flatMap((_, i) => {
        const fifty = row.slice(i, i + 50)
        const counts = fifty.length === 50 && fifty.every(({ ok, sentAt }) => ok && sentAt >= absentSince)
        return counts ? [Math.max(...fifty.map(({ sentAt, ms }) => sentAt + ms))] : []
      })
      expect(moment).toBe(ends[0] ?? null)
    }),
  )
})

test('an effect on another service is harmful, whatever users felt', () => {
  expect(judge({ ...crash, effects: [effect(22_600, 'api')] }).harm).toHaveLength(1)
})

test('an effect after which more users fail than before is harmful', () => {
  const worse = users(0, 60_000, (at) => (at >= 20_000 && at < 22_700 && at % 8 === 0) || (at > 23_000 && at < 33_000))
  expect(judge({ ...crash, requests: worse }).harm[0]).toMatch(/rose from 13\.\d % to 33\.\d %/)
})

test('requests in flight at the effect are left out', () => {
  const inFlight = { sentAt: 22_500, ms: 500, ok: false }
  expect(failures([inFlight], 20_000, 22_600, 22_600)).toEqual({ requests: 0, share: 0 })
  expect(failures([inFlight], 20_000, 22_600, 22_499)).toEqual({ requests: 1, share: 1 })
})

test('a rise is no rise when it is small, or when few requests make it chance', () => {
  const of = (requests: number, share: number): Failures => ({ requests, share })
  expect(isRise(of(3000, 0), of(9000, 0.01))).toBe(true)
  expect(isRise(of(3000, 0), of(9000, 0.004))).toBe(false)
  expect(isRise(of(3000, 0.5), of(50, 0.6))).toBe(false)
  expect(isRise(of(3000, 0.5), of(3000, 0.6))).toBe(true)
  expect(isRise(of(3000, 0.5), of(0, 0))).toBe(false)
})

test('what fails after the fault struck again by itself is not blamed on the restart before', () => {
  const strikes = [30_600]
  const looping = { ...crash, requests: users(0, 60_000, (at) => at >= 30_600) }
  expect(judge({ ...looping, strikes }).harm).toEqual([])
  expect(judge(looping).harm).toHaveLength(1)
})

test('one restart beyond the limit, or a fault to be held that was not, is harmful', () => {
  const effects = [23_000, 33_000, 43_000].map((at) => effect(at))
  const held = { ...crash, requests: [], effects, held: { allowedRestarts: 3, isHeld: true } }
  expect(judge(held).harm).toEqual([])
  expect(judge({ ...held, held: { ...held.held, allowedRestarts: 2 } }).harm).toHaveLength(1)
  expect(judge({ ...held, held: { ...held.held, isHeld: false } }).harm).toHaveLength(1)
  expect(judge({ ...held, held: { allowedRestarts: 2, isHeld: true, until: 40_000 } }).harm).toEqual([])
})
