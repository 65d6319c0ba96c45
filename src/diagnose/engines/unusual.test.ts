import { expect, test } from 'vitest'
import { findingOn } from '../../../test/correlation-world.ts'
import { caseOf } from '../../../test/diagnosis-world.ts'
import { WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { Hypothesis } from '../../domain/diagnosis.ts'
import { unusual } from './unusual.ts'

const cause: Hypothesis = { cause: 'cpu-burn', target: WEB_1, confidence: 0.6, summary: '', for: [], against: [] }
const evidence = [{ signal: 'ensemble on qps', value: 0.7, at: 1, text: 'came 3' }]
const strange = findingOn(WEB_1, { lead: 'unusual', evidence })

const { incident } = caseOf([])
const x = { ...caseOf([]), incident: { ...incident, findings: [strange] } }

test('something unusual on its target stands beside a cause, and makes it a little likelier', () => {
  const [here, there] = unusual.weigh?.([cause, { ...cause, target: WEB }], x) ?? []
  expect(here?.confidence).toBeCloseTo(0.64)
  expect(here?.for).toEqual(evidence)
  expect(there).toEqual({ ...cause, target: WEB })
})

test('it names no cause, and lifts none to where it would be acted upon', () => {
  const unlikely = { ...cause, confidence: 0.29 }
  expect(unusual.suggest(x)).toEqual([])
  expect(unusual.weigh?.([unlikely], x)).toEqual([unlikely])
})
