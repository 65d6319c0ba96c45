import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadAilments, nextLoad, NO_LOAD, type Load, type LoadState } from './load.ts'

const LIMITS: Load = { memoryBytes: 100, queue: 100, loopLagMs: 100 }
const at = (queue: number): Load => ({ memoryBytes: 0, queue, loopLagMs: 0 })
const after = (loads: readonly number[], state = NO_LOAD): LoadState =>
  loads.reduce((before, queue, i) => nextLoad(before, at(queue), LIMITS, i), state)
const ails = (...loads: number[]): boolean => loadAilments(after(loads)).length > 0

test('three looks in a row beyond the limit make an ailment, one or two do not', () => {
  expect(ails(101, 101)).toBe(false)
  expect(ails(101, 101, 100, 101)).toBe(false)
  expect(ails(101, 101, 101)).toBe(true)
})

test('it ends after three looks well below, and not in between', () => {
  expect(ails(101, 101, 101, 80, 80)).toBe(true)
  expect(ails(101, 101, 101, 90, 90, 90, 90)).toBe(true)
  expect(ails(101, 101, 101, 80, 80, 81, 80)).toBe(true)
  expect(ails(101, 101, 101, 80, 80, 80)).toBe(false)
})

test('its words and its beginning stay while it lasts', () => {
  const began = loadAilments(after([101, 101, 150]))
  expect(began).toEqual([
    {
      what: 'what waits to be written down is at 150 commits and alerts, beyond its limit of 100 commits and alerts',
      since: 2,
      unlocks: 'when what waits to be written down is below 80 commits and alerts again',
    },
  ])
  expect(loadAilments(after([101, 101, 150, 170, 90]))).toEqual(began)
})

test('memory, queue and lag each for itself', () => {
  const much: Load = { memoryBytes: 3 * 2 ** 30, queue: 0, loopLagMs: 2500 }
  const limits: Load = { memoryBytes: 2 ** 30, queue: 10, loopLagMs: 1000 }
  const state = [1, 2, 3].reduce((before, now) => nextLoad(before, much, limits, now), NO_LOAD)
  expect(loadAilments(state).map(({ what }) => what)).toEqual([
    'memory is at 3072 MiB, beyond its limit of 1024 MiB',
    'the lag of the event loop is at 2s500ms, beyond its limit of 1s',
  ])
})

test('whatever comes: beyond for three looks it ails, well below for three it does not', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 })), (loads) => {
      const state = after(loads)
      expect(loadAilments(after([101, 101, 101], state))).toHaveLength(1)
      expect(loadAilments(after([80, 80, 80], state))).toHaveLength(0)
    }),
  )
})
