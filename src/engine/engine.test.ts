import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../test/engine-world.ts'
import { API, PLAN, POLICY, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../test/gate-world.ts'
import type { EntryBody } from '../domain/entry.ts'
import { UsageError } from '../domain/errors.ts'
import type { RecordPort } from '../domain/ports.ts'
import { topologyOf } from '../domain/topology.ts'
import { startRun } from '../saga/start.ts'
import type { Running } from './start.ts'

let record: RecordPort
let running: Running | undefined
let world: EngineWorld

beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(async () => {
  if (running) await world.stop(running)
  running = undefined
  await record.close()
})

async function begin(change: Parameters<typeof engineWorld>[1] = {}): Promise<Running> {
  world = engineWorld(record, change)
  running = await world.start()
  return running
}
const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])
const kinds = async (): Promise<string[]> => (await bodies()).map(({ kind }) => kind)
const outcomes = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'run-ended' ? [body.outcome] : []))
const order = { by: 'ada', reason: 'looked at it' }

describe('the loop', () => {
  test('mends a dead instance once, says so, and is quiet afterwards', async () => {
    const { operator } = await begin()
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(15_000)
    expect(await outcomes()).toEqual(['healed'])
    expect(world.instances.effects).toHaveLength(1)
    expect((await operator.status()).incidents).toEqual([])
    const length = (await kinds()).length
    await world.clock.advance(60_000)
    expect(await kinds()).toHaveLength(length)
  })

  test('records a non-action once, however long its reason stays', async () => {
    await begin({ settings: { ...engineWorld(record).ports.settings, never: ['**'] } })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(60_000)
    expect((await kinds()).filter((kind) => kind === 'not-run')).toHaveLength(1)
    expect(world.instances.effects).toEqual([])
  })

  test('begins nothing while a freeze window is open, and mends what is still broken once it has ended', async () => {
    const { settings, clock } = engineWorld(record).ports
    const when = { since: clock.now(), until: clock.now() + 60_000 }
    const freezeWindows = [{ name: 'feast', reason: 'the sale', when, allow: [] }]
    const { operator } = await begin({ settings: { ...settings, freezeWindows } })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(55_000)
    expect(world.instances.effects).toEqual([])
    expect((await kinds()).filter((kind) => kind === 'not-run')).toHaveLength(1)
    expect(await operator.status()).toMatchObject({ canWrite: [], openWindows: [{ name: 'feast', ...when }] })
    await world.clock.advance(20_000)
    expect(await outcomes()).toEqual(['healed'])
    expect((await operator.status()).canWrite).toEqual([POLICY.target])
  })

  test('an incident that cannot be treated keeps no other waiting', async () => {
    const { settings, engines } = engineWorld(record).ports
    const topology = topologyOf(
      [...TOPOLOGY.values()].map((node) => (node.ref === WEB_2 ? { ...node, partOf: API } : node)),
    )
    await begin({
      topology: () => topology,
      settings: { ...settings, limits: { perTarget: [], minHealthy: 0 } },
      engines: [
        {
          name: 'trap',
          suggest: ({ incident }) => {
            if (incident.owner === WEB) throw new TypeError('a bug in an engine')
            return []
          },
        },
        ...engines,
      ],
    })
    world.instances.set(WEB_1, { running: false })
    world.instances.set(WEB_2, { running: false })
    await world.clock.advance(15_000)
    expect(world.instances.effects.map(({ target }) => target)).toEqual([WEB_2])
  })
})

describe('recovery', () => {
  /** A run of a dead owner, whose plan names an action that this version does not know. */
  const leaveOpen = async (): Promise<void> => {
    const { clock } = engineWorld(record).ports
    const plan = { ...PLAN, incident: 'inc-1', steps: [{ ...PLAN.steps[0]!, action: 'no-longer-known' }] }
    const opened: EntryBody = { kind: 'incident-opened', owner: WEB, severity: 'high', findings: [] }
    await record.commit({
      at: clock.moment(),
      entries: [{ body: opened, incident: 'inc-1' }],
      writes: [{ do: 'open-incident', incident: 'inc-1', owner: WEB }],
    })
    const ledger = await record.ledger(WEB)
    await startRun(record, { run: 'run-old', plan, ledger, version: 'old', at: clock.moment() })
  }

  test('a run that cannot be continued ends stuck, once: a person is paged and can release it', async () => {
    await leaveOpen()
    const { operator } = await begin()
    expect(await outcomes()).toEqual(['stuck'])
    expect((await kinds()).filter((kind) => kind === 'paged')).toHaveLength(1)
    expect((await operator.status()).locks.map(({ run }) => run)).toContain('run-old')

    await world.stop(running!)
    running = await world.start()
    expect(await outcomes()).toEqual(['stuck'])

    await running.operator.release({ ...order, subject: 'run-old' })
    expect((await running.operator.status()).locks).toEqual([])
  })
})

describe('pause', () => {
  test('starts nothing, and goes on when it is lifted', async () => {
    const { operator } = await begin()
    await operator.pause({ ...order, freeze: false })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(10_000)
    expect(world.instances.effects).toEqual([])
    await operator.resume(order)
    await world.clock.advance(10_000)
    expect(world.instances.effects).toHaveLength(1)
  })

  test('holds over a restart', async () => {
    const { operator } = await begin()
    await operator.pause({ ...order, freeze: true })
    await world.stop(running!)
    running = await world.start()
    expect((await running.operator.status()).pause).toMatchObject({ freeze: true, by: 'ada' })
  })

  test('comes by itself when the wall clock jumps, also while nobody looked', async () => {
    const { operator } = await begin()
    world.clock.jumpWall(3_600_000)
    await world.clock.advance(1000)
    expect((await operator.status()).pause).toMatchObject({ freeze: true, reason: 'the clock jumped by 1h' })
    await operator.resume(order)
    await world.stop(running!)
    world.clock.jumpWall(-3_600_000)
    running = await world.start()
    expect((await running.operator.status()).pause?.reason).toBe('the clock jumped by -1h')
  })

  test('comes at the next start, too, when a clock that jumped has written before it died', async () => {
    await begin()
    await world.stop(running!)
    world.clock.jumpWall(3_600_000)
    const paged: EntryBody = {
      kind: 'paged',
      about: 'run-1',
      reason: 'written before the turn that would have noticed',
    }
    await record.commit({ at: world.clock.moment(), entries: [{ body: paged }] })
    running = await world.start()
    expect((await running.operator.status()).pause?.reason).toBe('the clock jumped by 1h')
  })

  test('what was seen before a clock was set back is not taken for what is so now', async () => {
    const { engine } = await begin()
    await world.clock.advance(30_000)
    expect(engine.ports.windows.select(WEB_1, 'up')).toHaveLength(1)
    world.clock.jumpWall(-10_000)
    engine.wake()
    await world.clock.advance(1)
    expect(engine.ports.windows.select(WEB_1, 'up')).toEqual([])
  })

  test('a freeze parks the run under way, which holds its lock until it is released by the name of its target', async () => {
    const { operator } = await begin()
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(1500)
    await operator.pause({ ...order, freeze: true })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(1000)
    expect(await outcomes()).toEqual(['parked'])
    expect((await operator.status()).incidents).toMatchObject([{ status: 'escalated' }])
    await operator.release({ ...order, subject: WEB_1 })
    const { locks, incidents } = await operator.status()
    expect(locks).toEqual([])
    expect(incidents.filter(({ status }) => status === 'escalated')).toEqual([])
  })
})

test('what is not held cannot be released', async () => {
  const { operator } = await begin()
  await expect(operator.release({ ...order, subject: 'run-nobody' })).rejects.toBeInstanceOf(UsageError)
  await expect(operator.release({ ...order, subject: API })).rejects.toBeInstanceOf(UsageError)
  expect(await kinds()).not.toContain('released')
})

test('a policy that may only observe sees everything and does nothing', async () => {
  const { settings } = engineWorld(record).ports
  await begin({ settings: { ...settings, policies: [{ ...POLICY, autonomy: 'observe' }] } })
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(30_000)
  expect(world.instances.effects).toEqual([])
  expect(await kinds()).toContain('not-run')
})

describe('maintenance', () => {
  const task = {
    ...POLICY,
    name: 'weekly-restart',
    target: WEB_1,
    condition: 'up == 0',
    schedule: { every: { ms: 60_000 }, jitterMs: 0, windowMs: 60_000, catchUp: true, conditional: false },
  }
  const limits = { perTarget: [], minHealthy: 1 }

  test('is done once for each occurrence, through the gates, and not again after a restart', async () => {
    const { settings } = engineWorld(record).ports
    await begin({ settings: { ...settings, policies: [task], limits } })
    await world.clock.advance(40_000)
    expect(world.instances.effects.map(({ target }) => target)).toEqual([WEB_1])
    expect(await outcomes()).toEqual(['healed'])
    await world.stop(running!)
    running = await world.start()
    await world.clock.advance(5000)
    expect(world.instances.effects).toHaveLength(1)
    await world.clock.advance(60_000)
    expect(world.instances.effects).toHaveLength(2)
  })

  test('waits behind a freeze window as any repair, and is done once that has ended', async () => {
    const { settings, clock } = engineWorld(record).ports
    const when = { since: clock.now(), until: clock.now() + 20_000 }
    const freezeWindows = [{ name: 'feast', reason: 'the sale', when, allow: ['other'] }]
    await begin({ settings: { ...settings, policies: [task], limits, freezeWindows } })
    await world.clock.advance(19_000)
    expect(world.instances.effects).toEqual([])
    await world.clock.advance(10_000)
    expect(world.instances.effects).toHaveLength(1)
  })

  test('waits behind what a person holds, and is missed when its window closes', async () => {
    const { settings } = engineWorld(record).ports
    await begin({ settings: { ...settings, policies: [task], limits, never: ['**'] } })
    await world.clock.advance(50_000)
    expect(world.instances.effects).toEqual([])
    expect((await kinds()).filter((kind) => kind === 'not-run')).toHaveLength(1)
  })
})
