import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at, disturbance, restart, SHOP, TOPOLOGY, WEB, WEB_1, WEB_2, WEB_3 } from '../../test/gate-world.ts'
import { allowedAtOnce, disruptedBy, disturbedIn, effectOf, instancesOf, isGoing } from './disturbance.ts'
import { topologyOf } from './topology.ts'

test('what serves are the parts that have none, or the target itself', () => {
  expect(instancesOf(TOPOLOGY, WEB)).toEqual([WEB_1, WEB_2, WEB_3])
  expect(instancesOf(TOPOLOGY, SHOP)).toContain(WEB_1)
  expect(instancesOf(TOPOLOGY, WEB_1)).toEqual([WEB_1])
  expect(instancesOf(topologyOf([]), WEB)).toEqual([WEB])
})

describe('an effect', () => {
  test('on an instance is charged its part of the service', () => {
    expect(effectOf(restart(WEB_1), { owner: WEB }, TOPOLOGY)).toMatchObject({ share: 1 / 3, instances: [WEB_1] })
  })

  test('that names the service is charged all of it', () => {
    expect(effectOf(restart(WEB), { owner: WEB }, TOPOLOGY)).toMatchObject({ share: 1 })
  })

  test('that takes nothing away is charged nothing, and lasts where it can be undone', () => {
    const step = { ...restart(WEB), disrupts: [], reversibility: 'reversible' } as const
    expect(effectOf(step, { owner: WEB }, TOPOLOGY)).toMatchObject({ share: 0, instances: [], lasting: true })
    expect(disruptedBy(step, TOPOLOGY)).toEqual([])
  })
})

test('the share is rounded down, and one always may', () => {
  expect(allowedAtOnce({ atOnce: 9, share: 0.25 }, 3)).toBe(1)
  expect(allowedAtOnce({ atOnce: 9, share: 0.25 }, 8)).toBe(2)
  expect(allowedAtOnce({ atOnce: 1, share: 1 }, 8)).toBe(1)
  expect(allowedAtOnce({ atOnce: 999, share: 0.29 }, 100)).toBe(29)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 100 }),
      fc.nat(500),
      (atOnce, percent, size) => {
        const most = allowedAtOnce({ atOnce, share: percent / 100 }, size)
        expect(most).toBeGreaterThanOrEqual(1)
        expect(most).toBeLessThanOrEqual(atOnce)
        if (most > 1) expect(most * 100).toBeLessThanOrEqual(percent * size)
      },
    ),
  )
})

test('no more disturbances make fewer instances disturbed, whatever their order', () => {
  const one = fc.record({
    instances: fc.subarray([WEB_1, WEB_2, WEB_3]),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(one), one, (some, more) => {
      const all = [...some, more].map((each) => disturbance(0, { ...each }))
      const count = disturbedIn(WEB, all, TOPOLOGY)
      expect(count).toBe(disturbedIn(WEB, all.toReversed(), TOPOLOGY))
      expect(count).toBeGreaterThanOrEqual(disturbedIn(WEB, all.slice(0, -1), TOPOLOGY))
    }),
  )
})

test('a jump of the clock makes no disturbance shorter', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e7 }),
      fc.nat(1e7),
      fc.integer({ min: -1e9, max: 1e9 }),
      (forMs, passed, jump) => {
        const now = { ...at(passed), wallMs: at(passed).wallMs + jump }
        expect(isGoing(disturbance(0, { forMs }), now)).toBe(passed < forMs)
      },
    ),
  )
})
