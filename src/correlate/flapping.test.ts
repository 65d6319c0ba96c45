import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findingOn, look } from '../../test/correlation-world.ts'
import { API, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import type { Finding } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import { endedOf, quietMs, RETURN_WITHIN_MS, returnsAfter, type Ended } from './flapping.ts'

const SICK = [findingOn(WEB_1)]

/** Looks at each moment in turn; all incidents there were, the open ones last. */
function over(rounds: readonly { readonly at: number; readonly findings: readonly Finding[] }[]): {
  readonly closed: readonly Incident[]
  readonly open: readonly Incident[]
} {
  let open: Incident[] = []
  const closed: Incident[] = []
  for (const { at, findings } of rounds) {
    const all = look(open, findings, { now: at, ended: closed.flatMap((one) => endedOf(one) ?? []) })
    closed.push(...all.filter(({ status }) => status === 'resolved'))
    open = all.filter(({ status }) => status !== 'resolved')
  }
  return { closed, open }
}

describe('an incident whose findings go and come back', () => {
  test('closes at once the first time', () => {
    const { closed, open } = over([
      { at: 0, findings: SICK },
      { at: 1000, findings: [] },
    ])
    expect([closed.length, open.length]).toEqual([1, 0])
    expect(closed[0]?.flapping).toBeUndefined()
  })

  test('is known again when it comes back soon, and then closes only after a quiet time', () => {
    const rounds = [
      { at: 0, findings: SICK },
      { at: 1000, findings: [] },
      { at: 5000, findings: SICK },
      { at: 6000, findings: [] },
      { at: 35_999, findings: [] },
    ]
    const { open } = over(rounds)
    expect(open).toMatchObject([{ flapping: { returns: 1 }, quiet: { since: 6000 }, findings: [] }])
    expect(open[0]?.waitingFor).toEqual(['flapping: came back once, and is well now'])
    expect(over([...rounds, { at: 36_000, findings: [] }])).toMatchObject({ open: [], closed: [{}, {}] })
  })

  test('goes on as the same one when it comes back in the quiet time, which then is longer', () => {
    const rounds = [0, 10_000, 20_000, 30_000, 40_000].flatMap((at) => [
      { at, findings: SICK },
      { at: at + 1000, findings: [] },
    ])
    const { closed, open } = over(rounds)
    expect(closed).toHaveLength(1)
    expect(open).toMatchObject([{ flapping: { returns: 4 } }])
    expect(quietMs(open[0]!)).toBe(240_000)
  })

  test('is none where it only is due again and again', () => {
    const due = [findingOn(WEB_1, { lead: 'schedule' })]
    const rounds = [0, 2000, 4000].flatMap((at) => [
      { at, findings: due },
      { at: at + 1000, findings: [] },
    ])
    expect(over(rounds)).toMatchObject({ open: [], closed: [{}, {}, {}] })
  })

  test('is new again when it comes back long after, or elsewhere', () => {
    const ended: Ended[] = [{ owner: WEB, endedAt: 0, returns: 2 }]
    expect(returnsAfter(ended, TOPOLOGY, RETURN_WITHIN_MS - 1)(WEB)).toBe(3)
    expect(returnsAfter(ended, TOPOLOGY, 0)(WEB_2)).toBe(3)
    expect(returnsAfter(ended, TOPOLOGY, RETURN_WITHIN_MS)(WEB)).toBeUndefined()
    expect(returnsAfter(ended, TOPOLOGY, 0)(API)).toBeUndefined()
  })

  test('is not said to be ended by what had ended before it came back', () => {
    const attempts = [{ run: 'r', plan: 'p', remedy: 'restart-instance', target: WEB_1, outcome: 'healed' as const }]
    const [opened] = look([], SICK)
    const flapped = { ...opened!, attempts, flapping: { returns: 1, settled: 1 }, quiet: { since: 0, findings: SICK } }
    const closing = (incident: Incident): unknown => look([{ ...incident, findings: [] }], [], { now: 30_000 })
    expect(closing(flapped)).toMatchObject([{ status: 'resolved', endedBy: 'unknown' }])
    const mended = { ...flapped, flapping: { returns: 1, settled: 0 } }
    expect(closing(mended)).toMatchObject([{ status: 'resolved', endedBy: 'kintsugi' }])
  })
})

test('however it flaps, incidents of one target are no more than one for each quiet time and the first end', () => {
  const flaps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 60_000 })), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(flaps, (steps) => {
      let at = 0
      const rounds = steps.map(([sick, afterMs]) => ({ at: (at += afterMs), findings: sick ? SICK : [] }))
      const { closed, open } = over(rounds)
      expect(open.length).toBeLessThanOrEqual(1)
      // The first may close at once; each after it was quiet for at least thirty seconds before it did.
      expect(closed.length).toBeLessThanOrEqual(1 + at / 30_000)
      for (const { quiet, findings } of open) expect(findings.length === 0).toBe(quiet !== undefined)
    }),
  )
})
