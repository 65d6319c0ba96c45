import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../../test/engine-world.ts'
import { POLICY, WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { IncidentView, Story } from '../../domain/view.ts'
import { foldIncident } from '../../domain/incident-fold.ts'
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

async function begin(change: Partial<EnginePorts['settings']> = {}): Promise<Running> {
  const { settings } = engineWorld(record).ports
  world = engineWorld(record, { settings: { ...settings, ...change } })
  return (running = await world.start())
}
async function newest(): Promise<Story> {
  const [id = ''] = await record.incidents({ limit: 1 })
  const entries = await record.entries({ incident: id })
  return { entries, incident: foldIncident(entries)! }
}
const shown = async (): Promise<IncidentView> => running!.operator.views.incident(await newest())

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

test('the overview counts what was done, and names what is being touched', async () => {
  await begin()
  const { views } = running!.operator
  expect(await views.overview()).toMatchObject({ needs: [], touched: [], day: { acted: 0, healed: 0 }, budgets: [] })
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(1300)
  expect(await views.overview()).toMatchObject({
    touched: [{ target: WEB_1, remedy: 'restart-instance' }],
    day: { acted: 1 },
  })
  await world.clock.advance(30_000)
  expect(await views.overview()).toMatchObject({
    touched: [],
    day: { acted: 1, held: 0, denied: 0, healed: 1, endedAlone: 0 },
    budgets: [{ owner: WEB, used: 1, attempts: 3 }],
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
