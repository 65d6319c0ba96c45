import { expect, test } from 'vitest'
import type { Need, TargetState, TargetView } from '../../../src/domain/view.ts'
import { budgetsInOrder, calmOf, stillOpen, targetsInOrder, usedShare } from './shape.ts'

const need = (kind: Need['kind'], since: number, expiresAt?: number): Need => ({
  kind,
  subject: `${kind}-${since}`,
  target: 'lab:shop/instance/web-1',
  since,
  reason: 'because',
  ...(expiresAt !== undefined && { expiresAt }),
})

test('a proposal that has expired needs nobody', () => {
  expect(stillOpen([need('proposal', 1, 90)], 89)).toHaveLength(1)
  expect(stillOpen([need('proposal', 1, 90)], 90)).toEqual([])
})

test('the tightest budget comes first', () => {
  const budget = (name: string, used: number, latched = false) =>
    ({ owner: `lab:shop/service/${name}`, used, attempts: 4, withinMs: 1000, latched }) as const
  const budgets = [budget('a', 1), budget('b', 3), budget('c', 1, true), budget('d', 3)]
  expect(budgetsInOrder(budgets).map(({ owner }) => owner.at(-1))).toEqual(['c', 'b', 'd', 'a'])
})

test('a budget of nothing is used up, and none is used more than wholly', () => {
  expect(usedShare({ used: 0, attempts: 0 })).toBe(1)
  expect(usedShare({ used: 5, attempts: 4 })).toBe(1)
  expect(usedShare({ used: 1, attempts: 4 })).toBe(0.25)
})

test('only when nothing stands against it is all said to be calm', () => {
  const status = { record: { ok: true, seq: 1 }, sources: [{ name: 'a', fresh: true }] }
  const since = { wallMs: 1, bootMs: 1, bootId: 'a' }
  const pause = { freeze: false, since, reason: 'deploy', by: 'ada' }
  const targets = [target('web-1', 'well')]
  expect(calmOf({ status, targets, old: false })).toBe('calm')
  expect(calmOf({ status, targets: undefined, old: false })).toBe('calm')
  expect(calmOf({ status: { ...status, sources: [{ name: 'a', fresh: false }] }, targets, old: false })).toBe('blind')
  expect(calmOf({ status, targets: [], old: false })).toBe('unwatched')
  expect(calmOf({ status: { ...status, pause }, targets, old: false })).toBe('paused')
  expect(calmOf({ status: { ...status, pause, record: { ok: false, seq: 1 } }, targets, old: false })).toBe(
    'unwritable',
  )
  expect(calmOf({ status, targets, old: true })).toBe('old')
  expect(calmOf({ status: undefined, targets, old: false })).toBe('old')
})

test('what is wrong comes first, then names as people count', () => {
  const targets = [target('web-10', 'well'), target('web-2', 'well'), target('db-1', 'unwell')]
  expect(targetsInOrder(targets).map((one) => one.target.split('/')[2])).toEqual(['db-1', 'web-2', 'web-10'])
})

function target(name: string, state: TargetState): TargetView {
  return { target: `lab:shop/instance/${name}`, state, dependsOn: [], calls: [], policies: [] }
}
