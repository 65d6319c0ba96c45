import { expect, test } from 'vitest'
import { PLAN, WEB_1 } from '../../test/gate-world.ts'
import { planLines } from './render-parts.ts'

test('a plan tells what its remedy asked about its prerequisites, and what nobody saw', () => {
  const prerequisites = [
    { target: WEB_1, asked: 'cpu_utilization > 80', answer: 'true' as const },
    { target: WEB_1, asked: 'replicas', answer: null },
  ]
  const lines = planLines({ ...PLAN, prerequisites })
  expect(lines).toContain(`  asked for it: cpu_utilization > 80 on ${WEB_1}: true`)
  expect(lines).toContain(`  asked for it: replicas on ${WEB_1}: not seen`)
})
