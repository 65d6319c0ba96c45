import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../../test/engine-world.ts'
import { POLICY, TOPOLOGY, WEB, WEB_1 } from '../../../test/gate-world.ts'
import { aimOf } from '../../correlate/aim.ts'
import type { AimRule, Alert } from '../../domain/alert.ts'
import type { EntryBody } from '../../domain/entry.ts'
import type { Policy } from '../../domain/policy.ts'
import type { RecordPort } from '../../domain/ports.ts'
import { topologyOf, type Topology } from '../../domain/topology.ts'
import { startEngine, type Running } from '../start.ts'
import { openAlerts, type AlertBook } from './book.ts'

const HIGH = 'alert{alertname="HighErrors"}'
const RULE: AimRule = {
  match: [{ label: 'pod', op: '=~', value: '.+' }],
  target: 'lab:{namespace}/instance/{pod}',
  trustLabels: ['namespace'],
}

let record: RecordPort
let running: Running | undefined
let world: EngineWorld
let book: AlertBook
let topology: Topology

beforeEach(async () => {
  record = await openTestRecord()
  topology = TOPOLOGY
})
afterEach(async () => {
  if (running) await world.stop(running)
  running = undefined
  await record.close()
})

async function begin(policy: Partial<Policy>, rule: AimRule = RULE): Promise<void> {
  world = engineWorld(record, { topology: () => topology })
  const { clock, ports } = world
  book = await openAlerts({
    record,
    clock,
    aim: (alert, before) => aimOf([rule], topology)(alert, before),
    wake: () => running?.operator.wake(),
  })
  const settings = { ...ports.settings, policies: [{ ...POLICY, condition: HIGH, ...policy }] }
  running = await startEngine({ ...ports, alerts: book, settings })
}

/** What a Prometheus says every now and then while the alert fires: it ends by itself unless it is said again. */
const firing = (change: Partial<Alert> = {}): Alert => ({
  fingerprint: 'f1',
  status: 'firing',
  labels: { alertname: 'HighErrors', namespace: 'shop', pod: 'web-1' },
  annotations: {},
  startsAt: world.clock.now() - 1000,
  endsAt: world.clock.now() + 60_000,
  source: 'prometheus',
  receivedAt: world.clock.now(),
  ...change,
})
const resolved = (): Alert => ({ ...firing(), status: 'resolved', endsAt: world.clock.now() })

const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])
const outcomes = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'run-ended' ? [body.outcome] : []))
const ends = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'incident-closed' ? [body.endedBy] : []))

describe('an alert that fires', () => {
  test('is mended once, and is healed when it resolves and its target was seen since', async () => {
    await begin({})
    await book.receive([firing()])
    await world.clock.advance(2000)
    expect(world.instances.effects.map(({ target }) => target)).toEqual([WEB_1])
    expect(await outcomes()).toEqual([])
    await book.receive([resolved()])
    await world.clock.advance(10_000)
    expect(await outcomes()).toEqual(['healed'])
    expect(await ends()).toEqual(['kintsugi'])
    const found = (await bodies()).flatMap((body) => (body.kind === 'incident-opened' ? body.findings : []))
    expect(found).toMatchObject([{ target: WEB_1, evidence: [{ signal: 'alert HighErrors (f1)', value: 1 }] }])
  })

  test('that is delivered twice is one incident and one run', async () => {
    await begin({})
    await book.receive([firing()])
    await book.receive([firing()])
    await world.clock.advance(1000)
    await book.receive([firing()])
    await world.clock.advance(2000)
    expect((await bodies()).filter(({ kind }) => kind === 'incident-opened')).toHaveLength(1)
    expect(world.instances.effects).toHaveLength(1)
  })

  test('is not mended where no policy asks for it, and nothing is blind', async () => {
    await begin({ condition: 'alert{alertname="Other"}' })
    await book.receive([firing()])
    await world.clock.advance(120_000)
    expect((await bodies()).filter(({ kind }) => kind === 'incident-opened')).toEqual([])
  })
})

describe('an alert that nobody reports any more', () => {
  test('is not called healed while its target is seen, either', async () => {
    await begin({})
    await book.receive([firing({ endsAt: world.clock.now() + 3000 })])
    await world.clock.advance(120_000)
    expect(world.instances.effects).toHaveLength(1)
    expect(await outcomes()).toEqual(['parked'])
    expect(await ends()).toEqual([])
  })

  test('of an instance that was deleted is not called healed, whether it ends by silence or by a message', async () => {
    for (const isTold of [false, true]) {
      topology = TOPOLOGY
      await begin({})
      await book.receive([firing()])
      await world.clock.advance(2000)
      topology = without(WEB_1)
      await world.clock.advance(1000)
      if (isTold) await book.receive([resolved()])
      await world.clock.advance(120_000)
      expect(await outcomes()).toEqual(['parked'])
      expect(await ends()).not.toContain('kintsugi')
      await world.stop(running!)
      running = undefined
      await record.close()
      record = await openTestRecord()
    }
  })

  test('of an instance that was deleted is not the health of its service, where the rule lifts it', async () => {
    await begin({ target: WEB, ladder: ['page'] }, { ...RULE, lift: 'workload' })
    await book.receive([firing()])
    await world.clock.advance(2000)
    topology = without(WEB_1)
    await book.receive([firing()])
    expect(book.on(WEB)).toHaveLength(1)
    await world.clock.advance(120_000)
    expect(await ends()).toEqual([])
    expect((await bodies()).flatMap((body) => (body.kind === 'incident-changed' ? body.findings : []))).toMatchObject([
      { target: WEB, state: 'blind', summary: expect.stringContaining('ended by silence') },
    ])
  })
})

const without = (gone: string): Topology => topologyOf([...TOPOLOGY.values()].filter(({ ref }) => ref !== gone))
