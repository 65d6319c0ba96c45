import { expect, test } from 'vitest'
import { answerOf, API, at, input, restart, SHOP, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import { HANDS_OFF, type Hand, type HandsOff } from '../../domain/hand.ts'
import { seenId } from '../../domain/disturbance.ts'
import type { Disturbance } from '../../domain/ledger.ts'
import { timeText } from '../time-text.ts'
import { handsOff } from './hands-off.ts'

const MINUTE = 60_000
const NOW = at(10_000_000)
const ago = (minutes: number): number => NOW.wallMs - minutes * MINUTE
const silence: Hand = { kind: 'silence', target: WEB_1, who: 'ann', what: 'disk swap', since: ago(5), until: ago(-20) }
const asked = (hand: Partial<Hand>, rule: Partial<HandsOff> = {}, more = {}): string => {
  const limits = { perTarget: [], minHealthy: 2, handsOff: { ...HANDS_OFF, ...rule } }
  return answerOf(handsOff, { world: { hands: [{ ...silence, ...hand }], limits }, ask: { now: NOW }, ...more })
}

test('names who, what, since when and until when', () => {
  const { answer, reason, value, unlocks } = handsOff.ask(input({ world: { hands: [silence] }, ask: { now: NOW } }))
  expect({ answer, value }).toEqual({ answer: 'hold', value: 'ann' })
  const [since, until] = [silence.since, silence.until ?? 0].map(timeText)
  expect(reason).toBe(`silenced by ann on ${WEB_1} since ${since} until ${until}: disk swap`)
  expect(unlocks).toBe('in 20m, or when the silence is expired in Alertmanager')
})

test.each([WEB_1, WEB, SHOP])('a hand on %s holds a plan for web-1', (target) => {
  expect(asked({ target })).toBe('hold')
})

test.each([WEB_2, API])('a hand on %s does not', (target) => {
  expect(asked({ target })).toBe('allow')
})

test('a hand on one of its parts holds a plan for the service', () => {
  expect(asked({ target: WEB_2 }, {}, { plan: { target: WEB, within: [SHOP], steps: [restart(WEB)] } })).toBe('hold')
})

test('where it cannot be told who is at what, everything is held', () => {
  const { target: _, until: __, ...unknown } = silence
  expect(answerOf(handsOff, { world: { hands: [unknown] }, ask: { now: NOW } })).toBe('hold')
})

test('a silence that is over holds no more', () => {
  expect(asked({ until: NOW.wallMs + 1 })).toBe('hold')
  expect(asked({ until: NOW.wallMs })).toBe('allow')
})

test.each([
  [29, 'hold'],
  [31, 'allow'],
])('a change by somebody else %i minutes ago: %s', (minutes, answer) => {
  const { until: _, ...change } = { ...silence, kind: 'change' as const, since: ago(minutes) }
  expect(answerOf(handsOff, { world: { hands: [change] }, ask: { now: NOW } })).toBe(answer)
})

test('a change from the future holds: one of the clocks is wrong', () => {
  expect(asked({ kind: 'change', since: ago(-60) })).toBe('hold')
})

test.each<[Hand['kind'], Partial<HandsOff>]>([
  ['silence', { silenced: false }],
  ['acknowledged', { acknowledged: false }],
  ['rollout', { rolloutInProgress: false }],
  ['change', { afterHumanChangeMs: 0 }],
])('%s may be told not to count', (kind, rule) => {
  expect(asked({ kind })).toBe('hold')
  expect(asked({ kind }, rule)).toBe('allow')
})

test('whoever has acknowledged may approve, and nobody else', () => {
  const by = (name: string): string =>
    asked({ kind: 'acknowledged' }, {}, { ask: { now: NOW, approval: { proposal: 'p', by: name, reason: '', at: 0 } } })
  expect(by('ann')).toBe('allow')
  expect(by('bob')).toBe('hold')
  expect(asked({}, {}, { ask: { now: NOW, approval: { proposal: 'p', by: 'ann', reason: '', at: 0 } } })).toBe('hold')
})

const deployment: Disturbance = {
  id: 'd',
  actor: 'deployment',
  by: 'pipeline 7',
  reason: 'release 12',
  target: WEB,
  owner: WEB,
  share: 1,
  instances: [],
  lasting: true,
  since: at(NOW.bootMs - MINUTE),
  shadow: false,
}

test.each<[string, Partial<Disturbance>, string]>([
  ['is under way', {}, 'hold'],
  ['is of a person', { actor: 'person' }, 'hold'],
  ['has time left', { forMs: MINUTE + 1 }, 'hold'],
  ['has none left', { forMs: MINUTE }, 'allow'],
  ['has ended', { endedAt: NOW }, 'allow'],
  ['is of a run', { actor: 'repair' }, 'allow'],
  ['was imagined', { shadow: true }, 'allow'],
  ['was only seen, which is a hand of its own', { actor: 'person', id: seenId('a change') }, 'allow'],
])('a deployment that was announced and %s', (_, change, answer) => {
  expect(answerOf(handsOff, { ledger: { disturbances: [{ ...deployment, ...change }] }, ask: { now: NOW } })).toBe(
    answer,
  )
})
