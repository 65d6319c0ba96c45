import { expect, test } from 'vitest'
import { at, input, POLICY } from '../../../test/gate-world.ts'
import type { MaintenanceWindow } from '../../domain/maintenance-window.ts'
import type { GateAnswer } from '../../domain/verdict.ts'
import { maintenanceWindow } from './maintenance-window.ts'

const HOUR = 3_600_000
const NOON = Date.UTC(2026, 10, 21, 12)
const night: MaintenanceWindow = {
  name: 'night',
  when: { every: { cron: '0 1 * * *', timeZone: 'Europe/Berlin' }, lastsMs: 4 * HOUR },
}
const past: MaintenanceWindow = { name: 'move', when: { since: 0, until: NOON } }

const asked = (wallMs: number, windows?: readonly MaintenanceWindow[]): Omit<GateAnswer, 'gate'> => {
  const policies = new Map([[POLICY.name, { ...POLICY, ...(windows && { windows }) }]])
  return maintenanceWindow.ask(input({ world: { policies }, ask: { now: { ...at(0), wallMs } } }))
}

test('without windows it may act at any time', () => {
  expect(asked(NOON).answer).toBe('allow')
})

test('outside of its window it is held, and says when that opens', () => {
  expect(asked(NOON, [night])).toEqual({
    answer: 'hold',
    reason: "outside of its maintenance windows: 'night' opens at 2026-11-22T00:00Z",
    value: '2026-11-21T12:00Z',
    limit: 'night',
    unlocks: 'in 12h',
  })
})

test('from the opening on it may act, and no longer at the end', () => {
  const midnight = Date.UTC(2026, 10, 22)
  expect(asked(midnight - 1, [night]).answer).toBe('hold')
  expect(asked(midnight, [night]).answer).toBe('allow')
  expect(asked(midnight + 4 * HOUR - 1, [night]).answer).toBe('allow')
  expect(asked(midnight + 4 * HOUR, [night]).answer).toBe('hold')
})

test('of several windows one that is open is enough', () => {
  expect(asked(NOON - 1, [night, past]).answer).toBe('allow')
})

test('windows that never open again hold, and say so', () => {
  expect(asked(NOON, [past])).toMatchObject({ answer: 'hold', reason: "its maintenance windows are over: 'move'" })
})

test('undoing is not asked about', () => {
  expect(maintenanceWindow.guardsUndo).toBe(false)
})
