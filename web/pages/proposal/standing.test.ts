import { expect, test } from 'vitest'
import { proposal } from '../incident/story-parts.ts'
import { standingOf } from './standing.ts'

const { expiresAt } = proposal()

test('a proposal waits until its time is over, and is over at that very moment', () => {
  expect(standingOf({ proposal: proposal() }, expiresAt - 1)).toBe('open')
  expect(standingOf({ proposal: proposal() }, expiresAt)).toBe('expired')
})

test('what became of it counts, whatever the time', () => {
  for (const as of ['approved', 'rejected', 'expired', 'superseded', 'withdrawn'] as const) {
    expect(standingOf({ proposal: proposal(), ended: { as, at: 1 } }, expiresAt - 1)).toBe(as)
    expect(standingOf({ proposal: proposal(), ended: { as, at: 1 } }, expiresAt + 1)).toBe(as)
  }
})
