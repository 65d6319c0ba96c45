import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld } from '../../test/engine-world.ts'
import { POLICY, WEB_1 } from '../../test/gate-world.ts'
import { REMEDIES } from '../decide/registry.ts'
import { rulesOf } from '../diagnose/engines/rules.ts'
import { DIAGNOSIS_ENGINES } from '../diagnose/registry.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { Policy } from '../domain/policy.ts'
import type { RecordPort } from '../domain/ports.ts'
import { GATES } from '../gate/registry.ts'
import { knownParts } from './proof/known.ts'
import { deriveAgain } from './proof/prove.ts'
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

const FILLS: Policy = {
  ...POLICY,
  name: 'memory-fills',
  target: WEB_1,
  condition: 'memory[60s] rises to 95 within 90s for 5s',
  ladder: ['restart-instance'],
}

/** Web-1 takes half a percent more of its memory with every second that it runs. */
async function begin(policy: Policy): Promise<Running> {
  const grown = (): number => 30 + (world.clock.now() - (world.instances.look(WEB_1).startedAtMs ?? 0)) / 2000
  const more = (): readonly { target: typeof WEB_1; metric: string; value: number }[] =>
    world === undefined ? [] : [{ target: WEB_1, metric: 'memory', value: grown() }]
  const { settings } = engineWorld(record).ports
  world = engineWorld(record, { settings: { ...settings, policies: [policy] } }, { more })
  running = await world.start()
  return running
}
const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])

test('what is foreseen is mended before it is broken, through the gates, and is well once it is no longer foreseen', async () => {
  const { operator } = await begin(FILLS)
  await world.clock.advance(75_000)
  const effects = world.instances.effects
  expect(effects.map(({ target }) => target)).toEqual([WEB_1])
  const said = await bodies()
  const opened = said.find((body) => body.kind === 'incident-opened')
  expect(opened?.findings).toMatchObject([{ lead: 'forecast', policy: 'memory-fills', target: WEB_1 }])
  const [finding] = opened!.findings
  expect(finding!.dueAt! - effects[0]!.at).toBeGreaterThan(60_000)
  const started = said.find((body) => body.kind === 'run-started')
  expect(started?.plan).toMatchObject({ remedy: 'restart-instance', verify: { expectations: expect.any(Array) } })
  expect(said.flatMap((body) => (body.kind === 'run-ended' ? [body.outcome] : []))).toEqual(['healed'])
  expect((await operator.status()).incidents).toEqual([])
  const entries = await record.entries({})
  const again = deriveAgain(
    entries.filter(({ incident }) => incident !== undefined),
    knownParts(entries),
    { gates: GATES, engines: DIAGNOSIS_ENGINES, rulesOf, remedies: REMEDIES },
  )
  expect(again.length).toBeGreaterThan(4)
  expect(again.filter(({ result }) => result !== 'same')).toEqual([])
})

test('a policy that only observes foresees, and does nothing', async () => {
  const { operator } = await begin({ ...FILLS, autonomy: 'observe' })
  await world.clock.advance(75_000)
  expect(world.instances.effects).toEqual([])
  expect((await operator.status()).incidents).toHaveLength(1)
})
