import { expect, test } from 'vitest'
import { candidatesOf, gatesOf } from './ladder.ts'
import { acknowledgedNow, barrierOfAnswer, barrierOfTakeOver, barrierOfWrong, judgeable, keptRun } from './orders.ts'
import { STORIES } from './stories.ts'
import { proposal } from './story-parts.ts'

const told = (view: Parameters<typeof candidatesOf>[0]): string[] =>
  candidatesOf(view).map(({ remedy, fate }) => `${remedy} ${fate}`)

test('what was planned comes first with what became of it, then what was not chosen', () => {
  const rest = ['warm-cache not-chosen', 'restart-instance not-chosen', 'page not-chosen']
  expect(told(STORIES.healed)).toEqual(['reset-pool healed', ...rest])
  expect(told(STORIES.settling)).toEqual(['reset-pool running', ...rest])
  expect(told(STORIES.waiting)).toEqual(['reset-pool proposed', ...rest])
  expect(told(STORIES.held)).toEqual(['reset-pool held', ...rest])
  expect(told(STORIES.denied)).toEqual(['reset-pool denied', ...rest])
  expect(told(STORIES.wouldRun)).toEqual(['reset-pool would-run', ...rest])
})

test('what was tried before, or refused, is told once and by its end', () => {
  const [tried] = STORIES.rolledBack.plans
  const [held] = STORIES.held.plans
  const newest = {
    ...held!,
    plan: {
      ...held!.plan,
      remedy: 'restart-instance',
      rejected: [
        { remedy: 'reset-pool', reason: 'was tried' },
        { remedy: 'warm-cache', reason: 'no' },
      ],
    },
  }
  const { target } = newest.plan
  const refused = [{ remedy: 'scale-up', target, why: 'ana: no' }]
  const view = { plans: [newest, tried!], incident: { ...STORIES.held.incident, refused } }
  expect(told(view)).toEqual([
    'restart-instance held',
    'reset-pool rolled-back',
    'scale-up refused',
    'warm-cache not-chosen',
  ])
})

test('the gates that object come first, the strictest before the others', () => {
  const { against, allowing } = gatesOf(STORIES.denied.plans[0]!)
  expect(against.map(({ gate }) => gate)).toEqual(['never', 'cooldown'])
  expect(allowing.length).toBeGreaterThan(3)
})

test('who looks at it is shown until their time is over, and until the incident is', () => {
  const said = { by: 'ann', reason: 'mine', since: { wallMs: 1000, bootMs: 0, bootId: 'b' } }
  expect(acknowledgedNow({}, 2000)).toBeUndefined()
  expect(acknowledgedNow({ acknowledged: said }, 1e15)).toBe(said)
  expect(acknowledgedNow({ acknowledged: said, closedAt: 1500 }, 2000)).toBeUndefined()
  const brief = { ...said, forMs: 500 }
  expect(acknowledgedNow({ acknowledged: brief }, 1499)).toBe(brief)
  expect(acknowledgedNow({ acknowledged: brief }, 1500)).toBeUndefined()
})

test('an order says why it cannot be given', () => {
  expect(barrierOfTakeOver(STORIES.healed.incident)).toBe('over')
  expect(barrierOfTakeOver(STORIES.takenOver.incident)).toBe('taken')
  expect(barrierOfTakeOver(STORIES.held.incident)).toBeUndefined()
  expect(barrierOfWrong(STORIES.new.incident)).toBe('nothing-to-judge')
  expect(barrierOfWrong(STORIES.healed.incident)).toBeUndefined()
  const { expiresAt } = proposal()
  expect(barrierOfAnswer(proposal(), false, expiresAt - 1)).toBeUndefined()
  expect(barrierOfAnswer(proposal(), false, expiresAt)).toBe('expired')
  expect(barrierOfAnswer(proposal(), true, 0)).toBe('ended')
})

test('a run that keeps its lock is offered for release until somebody has released it', () => {
  expect(keptRun(STORIES.healed)).toBeUndefined()
  const kept = keptRun(STORIES.stuck)
  expect(kept?.leftOpen).toEqual(['reset-pool on shop:prod/database/db-1: undo failed'])
  const last = STORIES.stuck.entries.at(-1)!
  const body = { kind: 'released', subject: kept!.run, by: 'ana', reason: 'seen to' } as const
  const entries = [...STORIES.stuck.entries, { ...last, kind: body.kind, body }]
  expect(keptRun({ ...STORIES.stuck, entries })).toBeUndefined()
})

test('the diagnosis and every run can be called wrong', () => {
  expect(judgeable(STORIES.new)).toEqual([])
  expect(judgeable(STORIES.healed).map(({ remedy }) => remedy)).toEqual([undefined, 'reset-pool'])
})
