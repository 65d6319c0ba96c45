import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerOf, restart, WEB, WEB_1, WEB_2, WEB_3 } from '../../../test/gate-world.ts'
import type { PlanStep } from '../../domain/plan.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { topologyOf } from '../../domain/topology.ts'
import { minHealthy } from './min-healthy.ts'

const limits = { perTarget: [], minHealthy: 2 }
const readiness = (...all: (boolean | undefined)[]): ReadonlyMap<ResourceRef, boolean> =>
  new Map([WEB_1, WEB_2, WEB_3].flatMap((ref, i) => (all[i] === undefined ? [] : [[ref, all[i]]])))
const asked = (...all: (boolean | undefined)[]): string =>
  answerOf(minHealthy, { world: { limits, readiness: readiness(...all) } })

describe('work on an instance', () => {
  test.each([
    ['that serves, while two others serve', [true, true, true], 'allow'],
    ['that serves, while one other serves', [true, true, false], 'hold'],
    ['that nobody sees, while one other serves', [undefined, true, false], 'hold'],
    ['that serves, while nobody sees one of two others', [true, true, undefined], 'hold'],
    ['that is down, whatever the others do', [false, false, false], 'allow'],
  ] as const)('%s', (_what, all, answer) => {
    expect(asked(...all)).toBe(answer)
  })

  test('that is part of nothing known is held: nobody would be left', () => {
    expect(answerOf(minHealthy, { world: { limits, topology: topologyOf([]), readiness: new Map() } })).toBe('hold')
  })
})

test('each step is asked about its own target', () => {
  const world = { limits, readiness: readiness(false, true, true) }
  expect(answerOf(minHealthy, { world, ask: { purpose: 'apply', step: restart(WEB_1) } })).toBe('allow')
  expect(answerOf(minHealthy, { world, ask: { purpose: 'apply', step: restart(WEB_2) } })).toBe('hold')
  expect(answerOf(minHealthy, { world, ask: { purpose: 'undo', step: restart(WEB_2) } })).toBe('hold')
})

describe('a step that says what it disrupts', () => {
  const step = (more: Partial<PlanStep>): PlanStep => ({ ...restart(WEB), ...more })
  const answer = (purpose: 'apply' | 'undo', more: Partial<PlanStep>, ...all: (boolean | undefined)[]): string =>
    answerOf(minHealthy, { world: { limits, readiness: readiness(...all) }, ask: { purpose, step: step(more) } })

  test('is asked about those, whatever its target is', () => {
    expect(answer('apply', { disrupts: [WEB_1] }, true, true, true)).toBe('allow')
    expect(answer('apply', { disrupts: [WEB_1] }, true, true, false)).toBe('hold')
    expect(answer('apply', { disrupts: [] }, true, false, false)).toBe('allow')
  })

  test('takes all of those away at once', () => {
    expect(answer('apply', { disrupts: [WEB_1, WEB_2] }, true, true, true)).toBe('hold')
    expect(answer('apply', { disrupts: [WEB_1, WEB_2] }, false, false, true)).toBe('allow')
  })

  test('is undone as it was done, unless it says what its undo leaves', () => {
    expect(answer('undo', { disrupts: [WEB_1] }, true, true, false)).toBe('hold')
    expect(answer('undo', { disrupts: [WEB_1], undoLeaves: [WEB_1, WEB_2, WEB_3] }, true, true, false)).toBe('allow')
  })

  test('which added instances is undone only where enough of the others serve', () => {
    const added = { disrupts: [], undoLeaves: [WEB_1, WEB_2] }
    expect(answer('apply', added, false, false, true)).toBe('allow')
    expect(answer('undo', added, true, true, true)).toBe('allow')
    expect(answer('undo', added, true, false, true)).toBe('hold')
    expect(answer('undo', added, true, undefined, true)).toBe('hold')
    expect(answer('undo', added, true, false, false)).toBe('allow')
  })
})

test('what it allows never leaves fewer ready instances than the limit, unless it takes none away', () => {
  const seen = fc.option(fc.boolean(), { nil: undefined })
  fc.assert(
    fc.property(seen, seen, seen, fc.nat(4), (a, b, c, least) => {
      const world = { limits: { ...limits, minHealthy: least }, readiness: readiness(a, b, c) }
      const left = [b, c].filter(Boolean).length
      if (answerOf(minHealthy, { world }) === 'allow' && a !== false) expect(left).toBeGreaterThanOrEqual(least)
    }),
  )
})
