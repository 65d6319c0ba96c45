import { expect, test } from 'vitest'
import { answerOf, API, at, input, POLICY, restart, SHOP, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import type { FreezeWindow } from '../../domain/freeze-window.ts'
import { check } from '../check.ts'
import { GATES } from '../registry.ts'
import { freezeWindow } from './freeze-window.ts'

const NOW = at(0)
const until = Date.UTC(2026, 0)
const when = { since: Date.UTC(2020, 0), until }
const feast: FreezeWindow = { name: 'feast', reason: 'the sale', when, allow: [] }
const asked = (change: Partial<FreezeWindow>, plan = {}): string =>
  answerOf(freezeWindow, { plan, world: { freezeWindows: [{ ...feast, ...change }] }, ask: { now: NOW } })

test('an open window on everything holds, one that has ended or not begun does not', () => {
  expect(asked({})).toBe('hold')
  expect(asked({ when: { since: 0, until: NOW.wallMs } })).toBe('allow')
  expect(asked({ when: { since: NOW.wallMs + 1, until } })).toBe('allow')
})

test.each([WEB_1, WEB, SHOP, 'lab:shop/**'])('a window on %s holds a plan for web-1', (target) => {
  expect(asked({ targets: [target] })).toBe('hold')
})

test.each([WEB_2, API])('a window on %s does not', (target) => {
  expect(asked({ targets: [target] })).toBe('allow')
})

test('a window on one of its parts holds a plan for the service', () => {
  expect(asked({ targets: [WEB_2] }, { target: WEB, within: [SHOP], steps: [restart(WEB)] })).toBe('hold')
})

test('the policies that it names may act, and no other', () => {
  expect(asked({ allow: [POLICY.name] })).toBe('allow')
  expect(asked({ allow: ['another'] })).toBe('hold')
  const second = { ...feast, name: 'audit' }
  const freezeWindows = [{ ...feast, allow: [POLICY.name] }, second]
  expect(answerOf(freezeWindow, { world: { freezeWindows }, ask: { now: NOW } })).toBe('hold')
})

test('says which windows, why, until when, and what lets it through; the last to end counts', () => {
  const audit = {
    ...feast,
    name: 'audit',
    reason: 'the books',
    when: { since: when.since, until: NOW.wallMs + 60_000 },
  }
  const answer = freezeWindow.ask(input({ world: { freezeWindows: [audit, feast] }, ask: { now: NOW } }))
  expect(answer).toEqual({
    answer: 'hold',
    reason:
      "freeze window 'audit' from 2020-01-01T00:00Z to 2023-11-14T22:14:20.000Z: the books; freeze window 'feast' from 2020-01-01T00:00Z to 2026-01-01T00:00Z: the sale",
    value: 'feast',
    unlocks: 'in 778d1h, or: allow: [web-answers] of the window in kintsugi.yaml',
  })
})

test('holds the start, each step and its repetition; undoing is never held', () => {
  const verdict = (purpose: 'start' | 'apply' | 'repeat' | 'undo'): string[] =>
    check(GATES, input({ world: { freezeWindows: [feast] }, ask: { purpose, now: NOW, step: restart(WEB_1) } }))
      .answers.filter(({ answer }) => answer !== 'allow')
      .map(({ gate }) => gate)
  expect(verdict('start')).toEqual(['freeze-window'])
  expect(verdict('apply')).toEqual(['freeze-window'])
  expect(verdict('repeat')).toEqual(['freeze-window'])
  expect(verdict('undo')).not.toContain('freeze-window')
})
