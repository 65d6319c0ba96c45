import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../test/engine-world.ts'
import { POLICY, WEB } from '../../test/gate-world.ts'
import { isGoing } from '../domain/disturbance.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf, type Topology, type TopologyNode } from '../domain/topology.ts'
import type { Running } from './start.ts'

/** Fifty services of three instances, each with one that dies, and what they may all stand on. */
const COUNT = 50
const DB: ResourceRef = 'lab:shop/service/db'
const DB_1: ResourceRef = 'lab:shop/instance/db-1'
const names = Array.from({ length: COUNT }, (_, i) => `s${i}`)
const service = (name: string): ResourceRef => `lab:shop/service/${name}`
const instance = (name: string, n: number): ResourceRef => `lab:shop/instance/${name}-${n}`
const part = (ref: ResourceRef, partOf: ResourceRef): TopologyNode => ({
  ref,
  partOf,
  dependsOn: [],
  durable: false,
  sharedFate: [],
})

function shopOf(dependsOn: readonly ResourceRef[]): Topology {
  return topologyOf([
    { ref: DB, dependsOn: [], durable: true, sharedFate: [] },
    part(DB_1, DB),
    ...names.flatMap((name) => [
      { ref: service(name), dependsOn, durable: true, sharedFate: [] },
      ...[1, 2, 3].map((n) => part(instance(name, n), service(name))),
    ]),
  ])
}

const limits = {
  perTarget: [{ attempts: 3, withinMs: 300_000, latches: false }],
  minHealthy: 0,
  perService: { atOnce: 1, share: 0.25 },
  global: { atOnce: 3, effectsPerHour: 200 },
  storm: { causes: 5, withinMs: 300_000 },
}

let record: RecordPort
let world: EngineWorld
let running: Running

beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(async () => {
  await world.stop(running)
  await record.close()
})

async function begin(topology: Topology): Promise<void> {
  const policy = { ...POLICY, target: 'lab:shop/instance/*', cooldownMs: 0, ladder: ['restart-instance'] }
  const { settings } = engineWorld(record).ports
  const instances = [...topology.keys()].filter((ref) => ref.includes('/instance/'))
  const change = { topology: () => topology, settings: { ...settings, policies: [policy], limits } }
  world = engineWorld(record, change, { instances, readyAfterReads: 4 })
  running = await world.start()
}

const bodies = async (kind: EntryBody['kind']): Promise<EntryBody[]> =>
  (await record.entries({ kinds: [kind] })).flatMap(({ body }) => body ?? [])

/** Lets time pass, and answers the most that was ever disturbed at once: targets over all, instances of one service. */
async function mostAtOnce(seconds: number): Promise<{ readonly overAll: number; readonly ofOne: number }> {
  let [overAll, ofOne] = [0, 0]
  for (let passed = 0; passed < seconds; passed += 0.25) {
    await world.clock.advance(250)
    const { disturbances } = await record.ledger(WEB)
    const going = disturbances.filter((one) => isGoing(one, world.clock.moment()))
    overAll = Math.max(overAll, going.length)
    for (const same of Map.groupBy(going, ({ owner }) => owner).values()) ofOne = Math.max(ofOne, same.length)
  }
  return { overAll, ofOne }
}

test(
  'fifty targets that fail of one cause are mended, a few at a time, and are no storm',
  { timeout: 60_000 },
  async () => {
    await begin(shopOf([DB]))
    await world.clock.advance(3000)
    world.instances.set(DB_1, { running: false })
    for (const name of names) world.instances.set(instance(name, 1), { running: false })
    const { overAll, ofOne } = await mostAtOnce(400)
    expect(overAll).toBeLessThanOrEqual(3)
    expect(ofOne).toBe(1)
    expect(new Set(world.instances.effects.map(({ target }) => target)).size).toBe(COUNT + 1)
    expect(await bodies('storm-began')).toEqual([])
    expect(await bodies('paged')).toEqual([])
  },
)

test('fifty causes are held, a person is paged once, and may let them go', { timeout: 60_000 }, async () => {
  await begin(shopOf([]))
  await world.clock.advance(3000)
  for (const name of names) world.instances.set(instance(name, 1), { running: false })
  await world.clock.advance(20_000)
  expect(world.instances.effects).toEqual([])
  expect(await bodies('paged')).toMatchObject([{ about: 'storm' }])
  expect((await running.operator.status()).storm).toHaveLength(COUNT)

  await world.stop(running)
  running = await world.start()
  await world.clock.advance(20_000)
  expect(world.instances.effects).toEqual([])
  expect(await bodies('paged')).toHaveLength(1)

  await running.operator.release({ subject: 'storm', by: 'ada', reason: 'a rack, and we know' })
  expect(await mostAtOnce(180)).toEqual({ overAll: 3, ofOne: 1 })
  expect(world.instances.effects).toHaveLength(COUNT)
  expect(await bodies('paged')).toHaveLength(1)
})

test('a storm that passes by itself is over, and what is still broken is mended', { timeout: 60_000 }, async () => {
  await begin(shopOf([]))
  await world.clock.advance(3000)
  for (const name of names.slice(0, 6)) world.instances.set(instance(name, 1), { running: false })
  await world.clock.advance(290_000)
  expect(world.instances.effects).toEqual([])
  await world.clock.advance(60_000)
  expect(await bodies('storm-ended')).toHaveLength(1)
  expect(world.instances.effects).toHaveLength(6)
})
