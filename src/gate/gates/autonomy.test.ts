import { describe, expect, test } from 'vitest'
import type { ApprovalRule, Policy } from '../../domain/policy.ts'
import type { Approval } from '../../domain/proposal.ts'
import { answerOf, input, POLICY } from '../../../test/gate-world.ts'
import { autonomy } from './autonomy.ts'

test.each([
  ['observe', 'deny'],
  ['suggest', 'hold'],
  ['approve', 'hold'],
  ['auto', 'allow'],
] as const)('a policy that may %s: %s', (level, answer) => {
  const policies = new Map([[POLICY.name, { ...POLICY, autonomy: level }]])
  expect(answerOf(autonomy, { world: { policies } })).toBe(answer)
})

test('a policy that is gone lets it do nothing', () => {
  expect(answerOf(autonomy, { world: { policies: new Map() } })).toBe('deny')
})

describe('a yes', () => {
  const approval: Approval = { proposal: 'prop-1', by: 'ada', reason: 'go', at: 0 }
  const under = (policy: Partial<Policy>) => ({
    world: { policies: new Map([[POLICY.name, { ...POLICY, ...policy }]]) },
    ask: { approval },
  })

  test('opens what asks for one, and nothing else', () => {
    expect(answerOf(autonomy, under({ autonomy: 'approve' }))).toBe('allow')
    expect(answerOf(autonomy, under({ autonomy: 'suggest' }))).toBe('hold')
    expect(answerOf(autonomy, under({ autonomy: 'observe' }))).toBe('deny')
    expect(answerOf(autonomy, { world: { policies: new Map() }, ask: { approval } })).toBe('deny')
  })

  const rule: ApprovalRule = { above: 0.5, severities: [], withinMs: 1 }
  test.each<[string, Partial<ApprovalRule>, object, 'allow' | 'hold']>([
    ['where risk times blast radius is more', {}, { risk: { risk: 1, blast: 0.51 } }, 'hold'],
    ['not where it is as much', {}, { risk: { risk: 1, blast: 0.5 } }, 'allow'],
    ['where nobody has weighed it', {}, {}, 'hold'],
    ['never above all there is', { above: 1 }, { risk: { risk: 1, blast: 1 } }, 'allow'],
    ['where the severity is named', { above: 1, severities: ['critical'] }, { severity: 'critical' }, 'hold'],
    ['not where another is', { above: 1, severities: ['critical'] }, { severity: 'warning' }, 'allow'],
  ])('is asked of who acts by itself %s', (_when, different, plan, answer) => {
    const world = { policies: new Map([[POLICY.name, { ...POLICY, approval: { ...rule, ...different } }]]) }
    const got = autonomy.ask(input({ world, plan }))
    expect(got).toMatchObject(answer === 'hold' ? { answer, approvable: true } : { answer })
    expect(answerOf(autonomy, { world, plan, ask: { approval } })).toBe('allow')
  })
})
