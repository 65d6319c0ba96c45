import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOf, POLICY } from '../../../test/gate-world.ts'
import type { Approval, Yes } from '../../domain/proposal.ts'
import type { Policy } from '../../domain/policy.ts'
import { approvers } from './approvers.ts'

const TWO: Policy = { ...POLICY, approval: { above: 0, severities: [], withinMs: 1000, approvers: 2 } }
const world = { policies: new Map([[TWO.name, TWO]]) }
const yes = (by: string, person?: string): Yes => ({ by, reason: 'go', at: 0, ...(person !== undefined && { person }) })
const given = (last: Yes, first?: Yes): Approval => ({ proposal: 'prop-1', ...last, ...(first && { first }) })
const asked = (approval?: Approval) =>
  answerOf(approvers, { world, ask: { purpose: 'apply', ...(approval && { approval }) } })

test('one yes is not enough where two are asked, and two of one person are not two', () => {
  expect(asked(given(yes('ann')))).toBe('hold')
  expect(asked(given(yes('ann'), yes('ann')))).toBe('hold')
  expect(asked(given(yes('ann', 'oidc:1'), yes('Ann B.', 'oidc:1')))).toBe('hold')
  expect(asked(given(yes('ann', 'oidc:1'), yes('ann')))).toBe('hold')
  expect(asked(given(yes('bob', 'oidc:2'), yes('ann', 'oidc:1')))).toBe('allow')
})

test('where one is enough, or nobody was asked, it does not object', () => {
  const one = { policies: new Map([[POLICY.name, POLICY]]) }
  expect(answerOf(approvers, { world: one, ask: { purpose: 'apply', approval: given(yes('ann')) } })).toBe('allow')
  expect(asked()).toBe('allow')
})

test('whoever they are, only two of different name and different identity pass', () => {
  const who = fc.record({
    by: fc.constantFrom('a', 'b'),
    person: fc.constantFrom(undefined, 'a', 'b', 'oidc:1', 'oidc:2'),
  })
  fc.assert(
    fc.property(who, who, (a, b) => {
      const same = a.by === b.by || (a.person ?? a.by) === (b.person ?? b.by)
      expect(asked(given(yes(a.by, a.person), yes(b.by, b.person)))).toBe(same ? 'hold' : 'allow')
    }),
  )
})
