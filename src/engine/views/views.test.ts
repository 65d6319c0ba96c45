import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lampStep, newLamps } from '../../../test/conformance/lamps.ts'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld, type Senses } from '../../../test/engine-world.ts'
import { POLICY, WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { Remedy } from '../../decide/remedy.ts'
import type { DiagnosisEngine } from '../../diagnose/diagnose.ts'
import type { Entry } from '../../domain/entry.ts'
import { foldIncident } from '../../domain/incident-fold.ts'
import type { Policy } from '../../domain/policy.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { topologyOf } from '../../domain/topology.ts'
import type { IncidentView, Overview, Story } from '../../domain/view.ts'
import type { EnginePorts } from '../ports.ts'
import type { Running } from '../start.ts'

let record: RecordPort
let world: EngineWorld
let running: Running | undefined

beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(async () => {
  if (running) await world.stop(running)
  running = undefined
  await record.close()
})

async function begin(
  change: Partial<EnginePorts['settings']> = {},
  ports: Partial<EnginePorts> = {},
  senses: Senses = {},
): Promise<void> {
  const { settings } = engineWorld(record).ports
  world = engineWorld(record, { settings: { ...settings, ...change }, ...ports }, senses)
  running = await world.start()
}
async function newest(): Promise<Story> {
  const [id = ''] = await record.incidents({ limit: 1 })
  const entries = await record.entries({ incident: id })
  return { entries, incident: foldIncident(entries)! }
}
const shown = async (): Promise<IncidentView> => running!.operator.views.incident(await newest())
const overview = (): Promise<Overview> => running!.operator.views.overview()

test('an incident that was healed shows its plan, its signal, and its moments in order', async () => {
  await begin()
  await world.clock.advance(20_000)
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(30_000)
  const { plans, charts, moments, changes } = await shown()
  expect(plans).toMatchObject([
    {
      became: 'run',
      outcome: 'healed',
      verdict: { answer: 'allow' },
      steps: [{ status: 'applied', diff: [{ name: 'process', to: 'a new one' }], undo: { state: 'impossible' } }],
    },
  ])
  expect(charts).toMatchObject([{ signal: POLICY.name, target: WEB_1, expression: 'up', limit: 0 }])
  const values = charts[0]!.points.map(([, value]) => value)
  expect(new Set(values)).toEqual(new Set([0, 1]))
  expect(moments.map(({ what }) => what)).toEqual(['opened', 'applied', 'ended', 'closed'])
  expect(changes.map(({ what }) => what)).toEqual(['kintsugi', 'kintsugi'])
})

describe('what the windows showed', () => {
  const charted = (entries: readonly Entry[]): Entry[] => entries.filter(({ kind }) => kind === 'charted')

  test('is kept in the commit in which an incident ends, and shown when they show it no longer', async () => {
    await begin()
    await world.clock.advance(20_000)
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(30_000)
    const { entries } = await newest()
    expect(entries.slice(-2).map(({ kind }) => kind)).toEqual(['charted', 'incident-closed'])
    world.ports.windows.forget()
    const { charts } = await shown()
    expect(charts).toMatchObject([{ signal: POLICY.name, expression: 'up', limit: 0 }])
    expect(new Set(charts[0]!.points.map(([, value]) => value))).toEqual(new Set([0, 1]))
  })

  test('is kept when a run ends that did not heal, within its bounds', async () => {
    await begin({}, {}, { answers: (target) => target !== WEB_1 || world.instances.look(WEB_1).identity === 'life-1' })
    await world.clock.advance(300_000)
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(20_000)
    const kept = charted((await newest()).entries)
    expect(kept.length).toBeGreaterThan(0)
    for (const { body } of kept) {
      if (body?.kind !== 'charted') throw new Error('not what was meant')
      expect(body.charts.length).toBeLessThanOrEqual(6)
      for (const { points } of body.charts) expect(points.length).toBeLessThanOrEqual(120)
      expect(JSON.stringify(body).length).toBeLessThan(20_000)
    }
  })

  test('is not kept where very many incidents end in one turn', async () => {
    const targets = Array.from({ length: 25 }, (_, i): ResourceRef => `lab:many/service/s-${i}`)
    const topology = topologyOf(targets.map((ref) => ({ ref, dependsOn: [], durable: true, sharedFate: [] })))
    let value = 9
    const policy: Policy = { ...POLICY, condition: 'x > 5', target: 'lab:many/service/*', ladder: ['page'] }
    await begin(
      { policies: [policy] },
      { topology: () => topology },
      { more: () => targets.map((target) => ({ target, metric: 'x', value })) },
    )
    await world.clock.advance(5000)
    expect(await record.openIncidents()).toHaveLength(25)
    value = 1
    await world.clock.advance(5000)
    expect(await record.openIncidents()).toEqual([])
    expect(charted(await record.entries({ kinds: ['charted'] }))).toEqual([])
  })
})

describe('the overview', () => {
  test('counts what was done, and names what is being touched', async () => {
    await begin()
    expect(await overview()).toMatchObject({ needs: [], touched: [], day: { acted: 0, healed: 0 }, budgets: [] })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(1300)
    expect(await overview()).toMatchObject({
      touched: [{ target: WEB_1, remedy: 'restart-instance', stage: 'settling' }],
      moreTouched: 0,
      day: { acted: 1 },
    })
    await world.clock.advance(30_000)
    expect(await overview()).toMatchObject({
      touched: [],
      day: { acted: 1, held: 0, denied: 0, healed: 1, endedAlone: 0 },
      budgets: [{ owner: WEB, used: 1, attempts: 3 }],
    })
  })

  test('asks for a person where a ladder has come to one, until that is over', async () => {
    await begin({ policies: [{ ...POLICY, ladder: ['page'] }] })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(3000)
    const { incident } = await newest()
    expect((await overview()).needs).toMatchObject([
      { kind: 'escalated', incident: incident.id, subject: incident.id, target: WEB, reason: expect.any(String) },
    ])
    world.instances.set(WEB_1, { running: true, ready: true })
    await world.clock.advance(5000)
    expect((await overview()).needs).toEqual([])
  })

  test('asks for a person where nobody can see', async () => {
    await begin({}, { graceMs: 2000 })
    await world.clock.advance(3000)
    world.silence(true)
    await world.clock.advance(20_000)
    const { needs } = await overview()
    expect(new Set(needs.map(({ kind }) => kind))).toEqual(new Set(['blind']))
    expect(needs.map(({ target }) => target)).toContain(WEB_1)
  })

  test('asks for a person where a run is stuck, before anything else, and once', async () => {
    const lamps = newLamps(async () => {})
    lamps.brightness.set(WEB, 0)
    const turn: Remedy = {
      name: 'turn',
      weight: 10,
      propose: () => ({ applies: true, target: WEB, steps: [{ ...lampStep(WEB), disrupts: [] }], cannotUndo: [] }),
    }
    const known: DiagnosisEngine = {
      name: 'known',
      suggest: () => [{ cause: 'dark', target: WEB, confidence: 0.9, summary: '', for: [], against: [] }],
    }
    const policy: Policy = { ...POLICY, condition: 'error_rate > 5', target: WEB, ladder: ['turn', 'page'] }
    await begin(
      { policies: [policy] },
      { actions: lamps.actions, remedies: [turn], engines: [known] },
      { more: () => [{ target: WEB, metric: 'error_rate', value: 40 }] },
    )
    await world.clock.advance(3000)
    // Somebody else turns it meanwhile, so that it cannot be turned back.
    lamps.brightness.set(WEB, 3)
    await world.clock.advance(20_000)
    const { needs } = await overview()
    const { incident } = await newest()
    expect(needs).toMatchObject([
      { kind: 'stuck', incident: incident.id, subject: incident.attempts[0]?.run, target: WEB },
    ])
    expect(await shown()).toMatchObject({ plans: [{ outcome: 'stuck', steps: [{ undo: { state: 'ready' } }] }] })
  })
})

test('policies and targets say how they are', async () => {
  await begin({ policies: [{ ...POLICY, autonomy: 'approve', allowIrreversible: [] }], never: [WEB_1] })
  await world.clock.advance(3000)
  const { views } = running!.operator
  expect(await views.policies()).toMatchObject([
    {
      condition: 'up == 0',
      limits: [
        'autonomy: approve',
        'restart-instance cannot be undone: it needs allowIrreversible: [restart-instance]',
        'restart-service cannot be undone: it needs allowIrreversible: [restart-instance]',
        '1 of 3 targets are on the never list',
      ],
    },
  ])
  const states = (await views.targets()).map(({ target, state }) => [target, state])
  expect(Object.fromEntries(states)).toMatchObject({
    [WEB_1]: 'well',
    [WEB]: 'well',
    'lab:shop/service/api': 'unwatched',
  })
})

test('a plan says how a person does it, where its connector knows', async () => {
  const tools: EnginePorts['tools'] = () => ({
    instances: { ...world.instances, byHand: async (target) => [`restart ${target}`] },
  })
  await begin({}, { tools })
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(1300)
  const [plan] = await running!.operator.views.plans(await newest())
  expect(plan).toMatchObject({ became: 'running', steps: [{ byHand: [`restart ${WEB_1}`], undo: { byHand: [] } }] })
})
