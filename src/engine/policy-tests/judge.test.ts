import { expect, test } from 'vitest'
import type { Wanted } from '../../config/policy-tests.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { missOf, type Decision } from './judge.ts'

const WEB: ResourceRef = 'lab:shop/service/web'
const API: ResourceRef = 'lab:shop/service/api'

function paged(owner: ResourceRef, reason: string): Decision {
  const incident = { id: 'inc-1', owner, status: 'open', severity: 'high', openedAt: 0, findings: [] } as const
  return { incident: { ...incident, attempts: [], waitingFor: [] }, choice: { kind: 'page', reason } }
}
const left = (owner: ResourceRef): Decision => ({ ...paged(owner, ''), choice: { kind: 'none', reason: 'blind' } })
const isMet = (wanted: Partial<Wanted>, ...decisions: Decision[]): boolean =>
  missOf({ atMs: 0, plan: 'page', ...wanted }, decisions) === undefined

test('every decision that an expectation speaks of must come to it', () => {
  expect(isMet({}, paged(WEB, 'x'), paged(API, 'y'))).toBe(true)
  expect(isMet({}, paged(WEB, 'x'), left(API))).toBe(false)
  expect(isMet({ target: WEB }, paged(WEB, 'x'), left(API))).toBe(true)
  expect(isMet({ because: 'x' }, paged(WEB, 'x'), paged(API, 'y'))).toBe(false)
})

test('where it speaks of nothing, that is none, and has no reason', () => {
  expect(isMet({ plan: 'none' })).toBe(true)
  expect(isMet({ plan: 'none', target: WEB }, paged(API, 'y'))).toBe(true)
  expect(isMet({ plan: 'none', because: 'blind' })).toBe(false)
  expect(isMet({ plan: 'page' })).toBe(false)
})
