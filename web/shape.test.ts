import { expect, test } from 'vitest'
import type { Pause } from '../src/domain/ledger.ts'
import { sourcesInOrder, standingOf } from './shape.ts'

const pause = (freeze: boolean): Pause => ({
  freeze,
  since: { wallMs: 1, bootMs: 1, bootId: 'a' },
  reason: 'deploy',
  by: 'ada',
})

test('a pause outweighs the mode, and a freeze a pause', () => {
  expect(standingOf({ mode: 'live' })).toBe('live')
  expect(standingOf({ mode: 'shadow' })).toBe('shadow')
  expect(standingOf({ mode: 'live', pause: pause(false) })).toBe('paused')
  expect(standingOf({ mode: 'shadow', pause: pause(true) })).toBe('frozen')
})

test('sources that cannot be trusted come first', () => {
  const sources = [
    { name: 'b', fresh: true },
    { name: 'c', fresh: false },
    { name: 'a', fresh: true },
  ]
  expect(sourcesInOrder(sources).map(({ name }) => name)).toEqual(['c', 'a', 'b'])
})
