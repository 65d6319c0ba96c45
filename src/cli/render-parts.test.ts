import { expect, test } from 'vitest'
import { PLAN, WEB_1 } from '../../test/gate-world.ts'
import { findingLines, planLines } from './render-parts.ts'
import { timeText } from './units.ts'

test('what is foreseen is told with when it is expected', () => {
  const finding = {
    fingerprint: 'f',
    policy: 'p',
    target: WEB_1,
    state: 'violated',
    since: 0,
    severity: 'high',
  } as const
  const lines = findingLines([{ ...finding, summary: 'fills', evidence: [], lead: 'forecast', dueAt: 0 }])
  expect(lines[2]).toBe(`  expected at ${timeText(0)}`)
  expect(findingLines([{ ...finding, summary: 'fills', evidence: [] }])).toHaveLength(2)
})

test('a plan tells what its remedy asked about its prerequisites, and what nobody saw', () => {
  const prerequisites = [
    { target: WEB_1, asked: 'cpu_utilization > 80', answer: 'true' as const },
    { target: WEB_1, asked: 'replicas', answer: null },
  ]
  const lines = planLines({ ...PLAN, prerequisites })
  expect(lines).toContain(`  asked for it: cpu_utilization > 80 on ${WEB_1}: true`)
  expect(lines).toContain(`  asked for it: replicas on ${WEB_1}: not seen`)
})
