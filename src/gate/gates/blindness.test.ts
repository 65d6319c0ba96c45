import { expect, test } from 'vitest'
import { answerOf, signal } from '../../../test/gate-world.ts'
import type { SignalState } from '../../domain/plan.ts'
import { blindness } from './blindness.ts'

const asked = (own: SignalState[], guards: SignalState[] = []): string =>
  answerOf(blindness, { world: { measure: { at: 0, own, guards } } })

test('one signal that nobody sees holds, be it its own or a guard', () => {
  expect(asked([signal('well'), signal('blind')])).toBe('hold')
  expect(asked([signal('well')], [signal('blind')])).toBe('hold')
})

test('a violated signal is sight', () => {
  expect(asked([signal('violated')], [signal('violated')])).toBe('allow')
})

test('a plan that watches nothing of its own is held: no data is never healthy', () => {
  expect(asked([])).toBe('hold')
  expect(asked([], [signal('well')])).toBe('hold')
})
