import { expect, test } from 'vitest'
import { answerOf, FINDING, input, PLAN } from '../../../test/gate-world.ts'
import type { Finding } from '../../domain/finding.ts'
import { evidence } from './evidence.ts'

const unusual: Finding = { ...FINDING, fingerprint: 'u', policy: 'unusual', lead: 'unusual' }
const blind: Finding = { ...FINDING, state: 'blind' }
const [first] = PLAN.steps

test('what only a detector says is never acted upon', () => {
  for (const found of [[unusual], [unusual, { ...unusual, fingerprint: 'v' }]]) {
    expect(answerOf(evidence, { world: { found } })).toBe('deny')
    expect(answerOf(evidence, { world: { found }, ask: { purpose: 'apply', step: first! } })).toBe('deny')
  }
})

test('what nobody can see stands beside nothing', () => {
  expect(answerOf(evidence, { world: { found: [unusual, blind] } })).toBe('deny')
})

test('a rule, a schedule or a forecast beside it is enough', () => {
  for (const other of [FINDING, { ...FINDING, lead: 'schedule' as const }, { ...FINDING, lead: 'forecast' as const }]) {
    expect(answerOf(evidence, { world: { found: [unusual, other] } })).toBe('allow')
  }
})

test('a plan of an incident that nobody knows is denied', () => {
  expect(evidence.ask(input({ world: { found: undefined } })).answer).toBe('deny')
})

test('what has begun is past that question', () => {
  const later = { ...first!, name: 'another' }
  expect(answerOf(evidence, { world: { found: [unusual] }, ask: { purpose: 'apply', step: later } })).toBe('allow')
})
