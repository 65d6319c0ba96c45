import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, plan } from '../../test/fixtures/incidents.ts'
import { hasExpired, type Proposal } from './proposal.ts'

const WITHIN_MS = 60_000
const since = at(0)
const proposal: Proposal = {
  id: 'prop-1',
  incident: 'inc-1',
  plan,
  verdict: { answer: 'hold', answers: [] },
  preview: [],
  proposedAt: since.wallMs,
  expiresAt: since.wallMs + WITHIN_MS,
  since,
}

test('no jump of the wall clock lengthens the time of a proposal', () => {
  fc.assert(
    fc.property(fc.nat(2 * WITHIN_MS), fc.integer({ min: -WITHIN_MS, max: WITHIN_MS }), (passedMs, jumpMs) => {
      const now = { ...at(passedMs), wallMs: since.wallMs + passedMs + jumpMs }
      if (passedMs >= WITHIN_MS) expect(hasExpired(proposal, now)).toBe(true)
      if (passedMs < WITHIN_MS && passedMs + jumpMs < WITHIN_MS) expect(hasExpired(proposal, now)).toBe(false)
    }),
  )
})

test('after a reboot the wall decides, and one that is behind is not believed', () => {
  const reboot = (afterMs: number) => ({ wallMs: since.wallMs + afterMs, bootMs: 1, bootId: 'another' })
  expect(hasExpired(proposal, reboot(WITHIN_MS - 1))).toBe(false)
  expect(hasExpired(proposal, reboot(WITHIN_MS))).toBe(true)
  expect(hasExpired(proposal, reboot(-1))).toBe(true)
})
