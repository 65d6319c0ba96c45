import { expect, test } from 'vitest'
import { caseOf, finding, NOW } from '../../../test/diagnosis-world.ts'
import { WEB_1 } from '../../../test/gate-world.ts'
import type { Finding } from '../../domain/finding.ts'
import { diagnose, type DiagnosisEngine } from '../diagnose.ts'
import { policy } from './policy.ts'

const named = (more: Partial<Finding>, ...others: DiagnosisEngine[]): string[] =>
  diagnose([...others, policy], caseOf([], [{ ...finding(WEB_1), ...more }])).hypotheses.map(({ cause }) => cause)

test('what nobody explains is taken for its own cause after half a minute', () => {
  expect(named({ since: NOW - 30_000 })).toEqual(['named-by-policy'])
  expect(named({ since: NOW - 29_999 })).toEqual([])
})

test('what cannot be seen, or is only due, names nothing', () => {
  expect(named({ state: 'blind' })).toEqual([])
  expect(named({ lead: 'schedule' })).toEqual([])
})

test('anybody who knows better is believed', () => {
  const cause = { cause: 'disk-full', target: WEB_1, confidence: 0.9, summary: '', for: [], against: [] }
  expect(named({}, { name: 'other', suggest: () => [cause] })).toEqual(['disk-full'])
})
