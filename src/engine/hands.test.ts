import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../test/engine-world.ts'
import { POLICY, WEB, WEB_1 } from '../../test/gate-world.ts'
import type { EntryBody } from '../domain/entry.ts'
import { HeldError, UsageError } from '../domain/errors.ts'
import type { Hand } from '../domain/hand.ts'
import type { Policy } from '../domain/policy.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Running } from './start.ts'

const MINUTE = 60_000

let record: RecordPort
let running: Running | undefined
let world: EngineWorld
let hands: readonly Hand[]
let handsNow: () => readonly Hand[]
/** Whether nobody gets an answer of web-1. */
let isDeaf: boolean

beforeEach(async () => {
  record = await openTestRecord()
  hands = []
  handsNow = () => hands
  isDeaf = false
})
afterEach(async () => {
  if (running) await world.stop(running)
  running = undefined
  await record.close()
})

async function begin(policy: Partial<Policy> = {}): Promise<Running> {
  const { settings } = engineWorld(record).ports
  const policies = [{ ...POLICY, cooldownMs: 0, ...policy }]
  world = engineWorld(
    record,
    { hands: () => handsNow(), settings: { ...settings, policies } },
    { answers: (target) => !(isDeaf && target === WEB_1) },
  )
  running = await world.start()
  return running
}
const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])
const outcomes = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'run-ended' ? [body.outcome] : []))
const waitsFor = (): readonly string[] => running?.engine.incidents.open()[0]?.waitingFor ?? []
const incident = (): string => running?.engine.incidents.open()[0]?.id ?? 'none'
const fail = async (): Promise<void> => {
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(15_000)
}
const order = { by: 'ada', reason: 'I look at it' }

test('a silence that appears between a hold and its release holds on, and is named', async () => {
  const { operator } = await begin()
  await operator.hold({ ...order, target: WEB, forMs: 10 * MINUTE })
  await fail()
  const now = world.clock.now()
  hands = [{ kind: 'silence', target: WEB, who: 'bob', what: 'moving', since: now, until: now + MINUTE }]
  await operator.release({ ...order, subject: WEB })
  await world.clock.advance(30_000)
  expect(world.instances.effects).toEqual([])
  expect(waitsFor().join()).toMatch(/^hands-off: silenced by bob on .*: moving$/)
  await world.clock.advance(45_000)
  expect(await outcomes()).toEqual(['healed'])
})

test.each([
  [29, 0],
  [31, 1],
])('a change by a person %i minutes ago: %i repairs', async (minutes, repairs) => {
  await begin()
  const since = world.clock.now() - minutes * MINUTE
  hands = [{ kind: 'change', target: WEB_1, who: 'somebody', what: 'it was restarted', since }]
  await fail()
  expect(world.instances.effects).toHaveLength(repairs)
})

test('a rollout that begins in the middle of a run stops it at a safe point', async () => {
  await begin({ ladder: ['restart-service'] })
  handsNow = () => {
    const rollout: Hand = { kind: 'rollout', target: WEB, who: 'pipeline 7', what: 'release 12', since: 0 }
    return world.instances.effects.length > 0 ? [rollout] : []
  }
  await fail()
  await world.clock.advance(60_000)
  expect(world.instances.effects).toHaveLength(1)
  const refused = (await bodies()).flatMap((body) => (body.kind === 'refused' ? [JSON.stringify(body)] : []))
  expect(refused.join()).toContain('a rollout is under way, of pipeline 7')
  expect(await outcomes()).not.toContain('healed')
})

test('an acknowledgement holds over a restart of Kintsugi, until it is released', async () => {
  let { operator } = await begin({ autonomy: 'observe' })
  isDeaf = true
  await world.clock.advance(15_000)
  await operator.acknowledge({ ...order, subject: incident(), forMs: 10 * MINUTE })
  await world.stop(running as Running)
  ;({ operator } = await begin({ ladder: ['restart-instance'] }))
  await world.clock.advance(8 * MINUTE)
  expect(world.instances.effects).toEqual([])
  expect(waitsFor().join()).toMatch(/hands-off: acknowledged by ada on .*: I look at it/)
  await operator.release({ ...order, subject: incident() })
  await world.clock.advance(5000)
  expect(world.instances.effects).toHaveLength(1)
})

test('an acknowledgement ends with its time', async () => {
  const { operator } = await begin({ autonomy: 'approve' })
  await fail()
  await operator.acknowledge({ ...order, subject: incident(), forMs: MINUTE })
  const [open] = await record.proposals({ state: 'open' })
  const proposal = open?.proposal.id ?? 'none'
  await expect(operator.approve({ by: 'bob', reason: 'now', proposal })).rejects.toThrow(HeldError)
  await world.clock.advance(MINUTE)
  await operator.approve({ by: 'bob', reason: 'now', proposal })
  await world.clock.advance(15_000)
  expect(await outcomes()).toEqual(['healed'])
})

test('whoever has acknowledged may approve meanwhile', async () => {
  const { operator } = await begin({ autonomy: 'approve' })
  await fail()
  await operator.acknowledge({ ...order, subject: incident() })
  const [open] = await record.proposals({ state: 'open' })
  await operator.approve({ ...order, proposal: open?.proposal.id ?? 'none' })
  await world.clock.advance(15_000)
  expect(await outcomes()).toEqual(['healed'])
})

test('what nobody knows cannot be acknowledged', async () => {
  const { operator } = await begin()
  await expect(operator.acknowledge({ ...order, subject: 'inc-x' })).rejects.toThrow(UsageError)
})

test('what became of an attempt stands on the ledger: the rest after it grows by that', async () => {
  const verify = { healthyForMs: 1000, withinMs: 3000, blindForMs: 2000, guards: [] }
  const backoff = { factor: 3, maxMs: 10 * MINUTE }
  await begin({ cooldownMs: 20_000, backoff, ladder: ['restart-instance', 'restart-service'], verify })
  isDeaf = true
  await world.clock.advance(20_000)
  expect((await record.ledger(WEB)).attempts.map(({ outcome }) => outcome)).toEqual(['spent'])
  expect(world.instances.effects).toHaveLength(1)
  await world.clock.advance(30_000)
  expect((await record.ledger(WEB)).attempts.map(({ outcome }) => outcome)).toEqual(['spent', 'spent'])
})

test('everything that keeps it still is one list', async () => {
  const { operator } = await begin({ windows: [{ name: 'past', when: { since: 0, until: 1 } }] })
  await fail()
  const now = world.clock.now()
  hands = [
    { kind: 'silence', target: WEB, who: 'bob', what: 'moving', since: now, until: now + MINUTE },
    { kind: 'change', target: WEB, who: 'somebody', what: 'long ago', since: now - 31 * MINUTE },
  ]
  await operator.hold({ ...order, target: WEB, forMs: MINUTE })
  await operator.acknowledge({ ...order, subject: incident() })
  await operator.takeOver({ ...order, incident: incident() })
  await operator.pause({ ...order, freeze: false })
  const pauses = await operator.views.pauses()
  expect(pauses.map(({ kind, about, who, ends }) => [kind, about, who, ends])).toEqual([
    ['pause', undefined, 'ada', 'kintsugi resume'],
    ['maintenance-window', POLICY.name, undefined, `in: of ${POLICY.name} in kintsugi.yaml`],
    ['hold', WEB, 'ada', `kintsugi release ${WEB}`],
    ['taken-over', incident(), 'ada', `kintsugi release ${incident()}`],
    ['silence', WEB, 'bob', 'when the silence is expired in Alertmanager'],
    ['acknowledged', WEB, 'ada', `kintsugi release ${incident()}`],
  ])
})

test('while nobody knows what is silenced, or outside of every window, nothing can be written', async () => {
  const { operator } = await begin()
  expect((await operator.status()).canWrite).toEqual([POLICY.target])
  hands = [{ kind: 'silence', who: 'somebody, perhaps', what: 'not known', since: world.clock.now() }]
  expect((await operator.status()).canWrite).toEqual([])
  await fail()
  expect(waitsFor().join()).toMatch(/^hands-off: not known, since/)
  await world.stop(running as Running)
  const closed = await begin({ windows: [{ name: 'past', when: { since: 0, until: 1 } }] })
  expect((await closed.operator.status()).canWrite).toEqual([])
})
