import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { alertWorld, type AlertWorld } from '../../../test/alert-world.ts'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { WEB_1 } from '../../../test/gate-world.ts'
import type { Alert } from '../../domain/alert.ts'
import type { AlertPlan } from '../../domain/operator.ts'
import type { RecordPort } from '../../domain/ports.ts'

let record: RecordPort
let world: AlertWorld

beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(async () => {
  await world.stop()
  await record.close()
})

const planOf = async (change: Partial<Alert> = {}): Promise<AlertPlan> => {
  const [plan] = await world.running.operator.preview([world.firing(change)])
  return plan!
}

describe('what an alert would lead to', () => {
  test('is told with target, causes, plan and every gate, and nothing is done or recorded', async () => {
    world = await alertWorld(record)
    const before = await world.bodies()
    const plan = await planOf()
    expect(plan).toMatchObject({
      alert: { aim: { kind: 'mapped', target: WEB_1, rule: 0 } },
      policies: ['web-answers'],
      findings: [{ target: WEB_1, state: 'violated' }],
      diagnosis: { hypotheses: [{ cause: 'named-by-alert', target: WEB_1 }] },
      choice: { kind: 'plan', plan: { remedy: 'restart-instance', target: WEB_1, rejected: [{}, {}] } },
      verdict: { answer: 'allow' },
    })
    expect(plan.verdict?.answers.length).toBeGreaterThan(8)
    expect(plan.incident).toBeUndefined()
    await world.clock.advance(10_000)
    expect(await world.bodies()).toEqual(before)
    expect(world.instances.effects).toEqual([])
    expect([...world.running.operator.alerts()]).toEqual([])
  })

  test('is the verdict of now: a pause is seen', async () => {
    world = await alertWorld(record)
    await world.running.operator.pause({ by: 'ada', reason: 'looking', freeze: false })
    const { verdict } = await planOf()
    expect(verdict?.answer).not.toBe('allow')
    expect(verdict?.answers.find(({ gate }) => gate === 'kill-switch')?.answer).not.toBe('allow')
  })

  test('is nothing, with the reason, where it has no target, no policy, or is over', async () => {
    world = await alertWorld(record)
    const labels = { alertname: 'HighErrors', namespace: 'shop' }
    const reasonOf = async (change: Partial<Alert>): Promise<unknown> => (await planOf(change)).choice
    expect(await reasonOf({ labels })).toEqual({ kind: 'none', reason: 'no rule of alertTargets matches it' })
    expect(await reasonOf({ labels: { ...labels, pod: 'web-1', alertname: 'Other' } })).toEqual({
      kind: 'none',
      reason: `no policy covers it: none on ${WEB_1} asks for such an alert`,
    })
    expect(await reasonOf({ status: 'resolved' })).toEqual({ kind: 'none', reason: 'it is resolved' })
  })

  test('names the open incident that it belongs to, and the run that is under way there', async () => {
    world = await alertWorld(record)
    await world.book.receive([world.firing()])
    await world.clock.advance(1500)
    const plan = await planOf({ fingerprint: 'f2' })
    expect(plan.incident).toMatch(/^inc-/)
    expect(plan.choice).toMatchObject({ kind: 'none', reason: expect.stringMatching(/^run-\S+ is under way in inc-/) })
  })

  test('is about an old recording, too: it is taken as if it fired now', async () => {
    world = await alertWorld(record)
    const { choice } = await planOf({ startsAt: 1000, endsAt: 2000 })
    expect(choice.kind).toBe('plan')
  })
})

test('received alerts are listed newest first, with the policies that look at their targets', async () => {
  world = await alertWorld(record)
  const { book, firing, running } = world
  const other = { alertname: 'Other', namespace: 'shop', pod: 'web-2' }
  const nowhere = { alertname: 'HighErrors', namespace: 'shop', pod: 'gone' }
  await book.receive([
    firing(),
    firing({ fingerprint: 'f2', labels: other, startsAt: firing().startsAt + 1 }),
    firing({ fingerprint: 'f3', labels: nowhere, startsAt: firing().startsAt - 1 }),
  ])
  const told = [...running.operator.alerts()].map(({ fingerprint, policies }) => [fingerprint, policies])
  expect(told).toEqual([
    ['f2', []],
    ['f1', ['web-answers']],
    ['f3', []],
  ])
})
