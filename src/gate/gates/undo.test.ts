import { expect, test } from 'vitest'
import { answerOf, input, POLICY, restart, WEB_1 } from '../../../test/gate-world.ts'
import type { Reversibility } from '../../domain/action.ts'
import { undo } from './undo.ts'

const allowing = (...allowIrreversible: string[]): object => ({
  policies: new Map([[POLICY.name, { ...POLICY, allowIrreversible }]]),
})
const steps = (...all: Reversibility[]): object => ({
  steps: all.map((reversibility) => ({ ...restart(WEB_1), reversibility })),
})

test.each(['irreversible', 'external'] as const)('an %s step needs its action named in the policy', (kind) => {
  expect(answerOf(undo, { plan: steps(kind), world: allowing('restart-instance') })).toBe('allow')
  expect(answerOf(undo, { plan: steps(kind), world: allowing('drain-node') })).toBe('deny')
  expect(answerOf(undo, { plan: steps(kind), world: { policies: new Map() } })).toBe('deny')
})

test('one step that is not allowed denies the plan, wherever it stands', () => {
  expect(answerOf(undo, { plan: steps('reversible', 'read-only', 'irreversible'), world: allowing() })).toBe('deny')
  expect(undo.ask(input({ world: allowing() })).unlocks).toBe('allowIrreversible: [restart-instance] in the policy')
})

test('what can be undone, or only looks, needs no permission', () => {
  expect(answerOf(undo, { plan: steps('reversible', 'read-only'), world: allowing() })).toBe('allow')
})
