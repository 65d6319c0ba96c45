import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../test/engine-world.ts'
import { POLICY, SHOP, WEB } from '../../test/gate-world.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf } from '../domain/topology.ts'
import { statisticsOf } from '../learn/statistics.ts'
import type { Running } from './start.ts'

/** Eight instances of one service, of which all fall sick at once; what heals or harms them is up to each test. */
const EIGHT: readonly ResourceRef[] = Array.from({ length: 8 }, (_, i): ResourceRef => `lab:shop/instance/web-${i + 1}`)
const TOPOLOGY = topologyOf([
  { ref: SHOP, dependsOn: [], durable: true, sharedFate: [] },
  { ref: WEB, partOf: SHOP, dependsOn: [], durable: true, sharedFate: [] },
  ...EIGHT.map((ref) => ({ ref, partOf: WEB, dependsOn: [], durable: false, sharedFate: [] })),
])
const POLICY_8 = {
  ...POLICY,
  cooldownMs: 0,
  ladder: ['restart-instance', 'page'],
  verify: {
    healthyForMs: 4000,
    withinMs: 12_000,
    blindForMs: 5000,
    guards: [{ name: 'users', target: WEB, expr: 'failed_share', max: 0.95 }],
  },
}

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

type Ills = {
  /** Whether it answers, once all have fallen sick: by how many were restarted before it was, and its own restarts. */
  readonly answers: (target: ResourceRef, restarts: number, sickForMs: number) => boolean
  readonly failedShare?: (restarts: number) => number
}

async function play({ answers, failedShare = () => 0.9 }: Ills, forMs = 90_000): Promise<void> {
  let sickAt = Infinity
  const restartsOf = (target?: ResourceRef): number =>
    world?.instances.effects.filter((effect) => target === undefined || effect.target === target).length ?? 0
  const base = engineWorld(record).ports.settings
  world = engineWorld(
    record,
    {
      topology: () => TOPOLOGY,
      settings: { ...base, policies: [POLICY_8], limits: { ...base.limits, minHealthy: 0 } },
    },
    {
      instances: EIGHT,
      answers: (target) =>
        world === undefined ||
        world.clock.now() < sickAt ||
        answers(target, restartsOf(target), world.clock.now() - sickAt),
      more: () => [{ target: WEB, metric: 'failed_share', value: failedShare(restartsOf()) }],
    },
  )
  running = await world.start()
  await world.clock.advance(5000)
  sickAt = world.clock.now()
  await world.clock.advance(forMs)
}

const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])
const compared = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'compared' ? [`${body.wave} ${body.comparison.verdict}`] : []))
const ends = async (): Promise<unknown[]> =>
  (await bodies()).flatMap((body) =>
    body.kind === 'run-ended' ? [[body.outcome, body.credited?.credit, body.credited?.controlled]] : [],
  )
const endedBy = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'incident-closed' ? [body.endedBy] : []))
const touched = (): readonly ResourceRef[] => world.instances.effects.map(({ target }) => target)

test('a restart that heals is given to one, to two more, then to the rest, and is credited to us', async () => {
  await play({ answers: (_target, restarts) => restarts > 0 })
  expect(await compared()).toEqual(['0 better', '1 better'])
  expect(touched()).toEqual(EIGHT)
  expect(await ends()).toEqual([['healed', 'fixed-by-us', true]])
  expect(await endedBy()).toEqual(['kintsugi'])
  const [first] = (await bodies()).flatMap((body) => (body.kind === 'compared' ? [body.comparison] : []))
  expect(first).toMatchObject({ treated: { of: 1, well: 1 }, controls: { of: 7, well: 0 }, chance: 0.125 })
})

test('a restart that does not help is given to one alone, and a person is called', async () => {
  await play({ answers: () => false })
  expect(await compared()).toEqual(['0 no-effect'])
  expect(touched()).toHaveLength(1)
  expect(await ends()).toEqual([['spent', undefined, undefined]])
  expect((await running!.operator.status()).incidents).toMatchObject([{ status: 'escalated' }])
})

test('a restart that harms the users is given to one alone, and nothing follows it', async () => {
  await play({ answers: () => false, failedShare: (restarts) => (restarts > 0 ? 1.2 : 0.9) })
  expect(await compared()).toEqual(['0 harm'])
  expect(touched()).toHaveLength(1)
  expect(await ends()).toEqual([['stuck', undefined, undefined]])
})

test('when all recover, those that nobody touched too, we take no credit', async () => {
  await play({ answers: (_target, _restarts, sickForMs) => sickForMs > 5000 })
  expect(await compared()).toEqual(['0 alone'])
  expect(touched()).toHaveLength(1)
  expect(await ends()).toEqual([['healed', 'recovered-alone', true]])
  expect(await endedBy()).toEqual(['itself'])
  const { incidents, remedies } = statisticsOf(await record.entries({}))
  expect(incidents.endedBy).toEqual({ kintsugi: 0, itself: 1, unknown: 0 })
  expect(remedies).toMatchObject([{ successRate: 0, credits: { 'fixed-by-us': 0, 'recovered-alone': 1, unknown: 0 } }])
})

test('a pause between two waves lets the one under way be judged, and no other begin', async () => {
  let paused = false
  const played = play({ answers: (_target, restarts) => restarts > 0 }, 0)
  await played
  for (let i = 0; i < 120; i += 1) {
    await world.clock.advance(250)
    if (!paused && touched().length === 1) {
      paused = true
      await running!.operator.pause({ freeze: false, reason: 'wait', by: 'ann' })
    }
  }
  expect(await compared()).toEqual(['0 better'])
  expect(touched()).toHaveLength(1)
  expect(await ends()).toEqual([['parked', undefined, undefined]])
})

test('an owner that dies in the middle of a comparison leaves it to its successor', async () => {
  await play({ answers: (_target, restarts) => restarts > 0 }, 0)
  for (let i = 0; i < 120 && touched().length === 0; i += 1) await world.clock.advance(250)
  await world.clock.advance(500)
  expect(await compared()).toEqual([])
  await world.stop(running!)
  running = await world.start()
  await world.clock.advance(90_000)
  expect(await compared()).toEqual(['0 better', '1 better'])
  expect(touched()).toEqual(EIGHT)
  expect(await ends()).toEqual([['healed', 'fixed-by-us', true]])
})
