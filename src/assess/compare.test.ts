import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PLAN, signal } from '../../test/gate-world.ts'
import type { Comparison } from '../domain/comparison.ts'
import type { Plan, SignalState } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { compare } from './compare.ts'

const SINCE = 100
const refs = (count: number): ResourceRef[] => Array.from({ length: count }, (_, i): ResourceRef => `lab:shop/i/n-${i}`)

/** A plan of which `treated` are treated in its first wave, and `untouched` are not. */
function planOf(treated: number, untouched: number, guards: readonly SignalState[] = []): Plan {
  const all = refs(treated + untouched)
  const [treats, controls] = [all.slice(0, treated), all.slice(treated)]
  const waves = [
    { steps: [], treats, controls },
    { steps: [], treats: controls, controls: [] },
  ]
  const own = all.map((target) => signal('violated', { target, value: 200, limit: 100 }))
  return {
    ...PLAN,
    canary: { waves, wellForMs: 0, withinMs: 0 },
    verify: { ...PLAN.verify, before: { at: 0, own, guards } },
  }
}

type Said = SignalState['state'] | number
/** What each says now: a state, or how much of what is 100 at most. */
function compared(
  treated: readonly Said[],
  untouched: readonly Said[],
  more: { readonly own?: SignalState[]; readonly guards?: SignalState[]; readonly at?: number } = {},
): Comparison {
  const { own = [], guards = [], at = SINCE + 1 } = more
  const plan = planOf(
    treated.length,
    untouched.length,
    guards.map((guard) => ({ ...guard, state: 'well', value: 0 })),
  )
  const targets = refs(treated.length + untouched.length)
  const now = [...treated, ...untouched].map((said, i): SignalState => {
    const state = typeof said === 'number' ? (said > 100 ? 'violated' : 'well') : said
    const value = typeof said === 'number' ? said : state === 'violated' ? 200 : 10
    return signal(state, { target: targets[i] as ResourceRef, value, limit: 100, at })
  })
  return compare(plan, 0, { at, own: [...now, ...own], guards }, SINCE)
}

const [W, V, B] = ['well', 'violated', 'blind'] as const

describe('small groups', () => {
  test.each<readonly [string, Comparison['verdict'], readonly Said[], readonly Said[]]>([
    ['the treated is well and the others are not', 'better', [W], [V, V, V]],
    ['a few of the others have recovered too', 'better', [W], [V, V, V, W]],
    ['the treated and all others are well', 'alone', [W], [W, W, W]],
    ['the treated and most others are well', 'alone', [W], [W, W, V]],
    ['the treated is as sick as the others', 'no-effect', [V], [V, V, V]],
    ['one of two treated is well, which may be chance', 'no-effect', [W, V], [V, V, V, V]],
    ['the others recover and the treated does not', 'harm', [V], [W, W, V]],
    ['the treated is sicker than it was, and than any other', 'harm', [300], [210, 205, 220]],
    ['all get sicker alike', 'no-effect', [300], [290, 305, 310]],
    ['one of the treated cannot be seen', 'blind', [B], [V, V, V]],
    ['one of the untouched cannot be seen', 'blind', [W], [V, B, V]],
  ])('%s: %s', (_what, verdict, treated, untouched) => {
    expect(compared(treated, untouched).verdict).toBe(verdict)
  })
})

test('in large groups a difference counts that chance seldom makes, and no smaller one', () => {
  const of = (well: number, all: number): Said[] => refs(all).map((_, i) => (i < well ? W : V))
  expect(compared(of(11, 13), of(15, 37)).verdict).toBe('better')
  expect(compared(of(6, 13), of(15, 37)).verdict).toBe('no-effect')
})

test('samples from before the effect say nothing', () => {
  expect(compared([W], [V, V, V], { at: SINCE }).verdict).toBe('no-effect')
})

test('a guard that got worse is harm, however well the treated are', () => {
  const guards = [signal('violated', { signal: 'users', value: 0.5, limit: 0.1, at: SINCE + 1 })]
  expect(compared([W], [V, V, V], { guards })).toMatchObject({ verdict: 'harm' })
})

test('what broke on the treated is harm, unless it breaks on the untouched too', () => {
  const broke = (n: number): SignalState =>
    signal('violated', { signal: 'disk', target: refs(4)[n] as ResourceRef, at: SINCE + 1 })
  const plan = planOf(1, 3)
  const own = plan.verify.before.own.map((one) => ({ ...one, at: SINCE + 1 }))
  const wasWell = refs(4).map((target) => signal('well', { signal: 'disk', target }))
  const before = { ...plan.verify.before, own: [...plan.verify.before.own, ...wasWell] }
  const said = (...now: SignalState[]): Comparison['verdict'] =>
    compare({ ...plan, verify: { ...plan.verify, before } }, 0, { at: 200, own: [...own, ...now], guards: [] }, SINCE)
      .verdict
  expect(said(broke(0))).toBe('harm')
  expect(said(broke(0), broke(2))).toBe('no-effect')
})

test('the numbers are told, and who has recovered untouched', () => {
  expect(compared([W], [V, V, W])).toMatchObject({
    treated: { of: 1, well: 1 },
    controls: { of: 3, well: 1 },
    recovered: ['lab:shop/i/n-3'],
    reasons: ['1 of 1 treated and 1 of 3 untouched are well (by chance alone: 0.5)'],
  })
})

describe('laws', () => {
  const said = fc.constantFrom<Said>(W, V)
  const groups = fc.record({
    treated: fc.array(said, { minLength: 1, maxLength: 12 }),
    untouched: fc.array(said, { minLength: 1, maxLength: 12 }),
  })
  test('it goes on only where a larger share of the treated is well', () => {
    fc.assert(
      fc.property(groups, ({ treated, untouched }) => {
        const { verdict, treated: t, controls: c } = compared(treated, untouched)
        if (verdict === 'better') expect(t.well / t.of).toBeGreaterThan(c.well / c.of)
        if (verdict === 'harm') expect(t.well / t.of).toBeLessThan(c.well / c.of)
        if (verdict === 'alone') expect(t.well).toBe(t.of)
        expect(verdict).not.toBe('blind')
      }),
    )
  })
  test('one more of the treated that is well never turns a yes into a no', () => {
    fc.assert(
      fc.property(groups, ({ treated, untouched }) => {
        if (compared(treated, untouched).verdict !== 'better') return
        const first = treated.indexOf(V)
        const more = first < 0 ? treated : treated.with(first, W)
        expect(compared(more, untouched).verdict).toBe('better')
      }),
    )
  })
  test('whatever cannot be seen makes it blind', () => {
    fc.assert(
      fc.property(groups, fc.nat(), ({ treated, untouched }, n) => {
        const unseen = treated.with(n % treated.length, B)
        expect(compared(unseen, untouched).verdict).toBe('blind')
        expect(compared(treated, untouched.with(n % untouched.length, B)).verdict).toBe('blind')
      }),
    )
  })
})
