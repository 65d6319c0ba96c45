import { expect } from 'vitest'
import { isGoing } from '../../src/domain/disturbance.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { topologyOf, type Topology, type TopologyNode } from '../../src/domain/topology.ts'
import { WEB } from '../gate-world.ts'
import { ruledBy, scenario, type Mutant, type Owner, type Stage } from './stage.ts'

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

const POLICY_OF_ALL = { target: 'lab:shop/instance/*', cooldownMs: 0, ladder: ['restart-instance'] }
const AT_ONCE = { overAll: 3, ofOne: 1 }
const LIMITS = {
  perTarget: [{ attempts: 3, withinMs: 300_000, latches: false }],
  minHealthy: 0,
  perService: { atOnce: AT_ONCE.ofOne, share: 0.25 },
  global: { atOnce: AT_ONCE.overAll, effectsPerHour: 200 },
  storm: { causes: 5, withinMs: 300_000 },
}

const shop = (dependsOn: readonly ResourceRef[]) => () => {
  const topology = shopOf(dependsOn)
  const instances = [...topology.keys()].filter((ref) => ref.includes('/instance/'))
  return { change: { topology: () => topology }, senses: { instances, readyAfterReads: 4 } }
}

async function ownFifty(stage: Stage): Promise<Owner> {
  const owner = await stage.own(ruledBy(stage, POLICY_OF_ALL, LIMITS))
  await stage.clock.advance(3000)
  return owner
}

const kill = ({ instances }: Stage, refs: readonly ResourceRef[]): void =>
  refs.forEach((ref) => instances.set(ref, { running: false }))
const firsts = names.map((name) => instance(name, 1))

/** Lets time pass until so much was done; at no moment is more disturbed at once than the limits allow, over all and of one service. */
async function mended({ clock, instances }: Stage, { record }: Owner, effects: number, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds && instances.effects.length < effects; passed += 0.25) {
    await clock.advance(250)
    const { disturbances } = await record.ledger(WEB)
    const going = disturbances.filter((one) => isGoing(one, clock.moment()))
    expect(going.length).toBeLessThanOrEqual(AT_ONCE.overAll)
    for (const same of Map.groupBy(going, ({ owner }) => owner).values())
      expect(same.length).toBeLessThanOrEqual(AT_ONCE.ofOne)
  }
  await clock.advance(10_000)
  expect(instances.effects).toHaveLength(effects)
}

const NO_DEPENDENCIES: Mutant = {
  name: 'nobody knows what stands on what: every symptom is a cause',
  ports: (ports) => {
    const alone = shopOf([])
    return { ...ports, topology: () => alone }
  },
}

scenario(
  'fifty targets that fail of one cause are mended, a few at a time, and are no storm',
  [NO_DEPENDENCIES],
  async (stage) => {
    const owner = await ownFifty(stage)
    kill(stage, [DB_1, ...firsts])
    await stage.clock.advance(5000)
    expect(await stage.told('storm-began')).toEqual([])
    await mended(stage, owner, COUNT + 1, 400)
    expect(new Set(stage.instances.effects.map(({ target }) => target)).size).toBe(COUNT + 1)
    expect(await stage.told('storm-began')).toEqual([])
    expect(await stage.told('paged')).toEqual([])
  },
  shop([DB]),
)

scenario(
  'fifty causes are held, a person is paged once, and may let them go',
  ['gate storm allows', 'entry storm-began is not appended', 'gate global allows'],
  async (stage) => {
    const first = await ownFifty(stage)
    kill(stage, firsts)
    await stage.clock.advance(20_000)
    expect(stage.instances.effects).toEqual([])
    expect(await stage.told('paged')).toMatchObject([{ about: 'storm' }])
    expect((await first.operator.status()).storm).toHaveLength(COUNT)

    await first.end()
    const next = await ownFifty(stage)
    await stage.clock.advance(20_000)
    expect(stage.instances.effects).toEqual([])
    expect(await stage.told('paged')).toHaveLength(1)

    await next.operator.release({ subject: 'storm', by: 'ada', reason: 'a rack, and we know' })
    await mended(stage, next, COUNT, 180)
    expect(await stage.told('paged')).toHaveLength(1)
  },
  shop([]),
)

scenario(
  'a storm that passes by itself is over, and what is still broken is mended',
  ['gate storm allows'],
  async (stage) => {
    const owner = await ownFifty(stage)
    kill(stage, firsts.slice(0, 6))
    await stage.clock.advance(290_000)
    expect(stage.instances.effects).toEqual([])
    await mended(stage, owner, 6, 60)
    expect(await stage.told('storm-ended')).toHaveLength(1)
  },
  shop([]),
)
