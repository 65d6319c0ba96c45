import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld, type Senses } from '../../../test/engine-world.ts'
import { POLICY, WEB_1 } from '../../../test/gate-world.ts'
import { REMEDIES } from '../../decide/registry.ts'
import { rulesOf } from '../../diagnose/engines/rules.ts'
import { DIAGNOSIS_ENGINES } from '../../diagnose/registry.ts'
import type { Entry } from '../../domain/entry.ts'
import type { RecordPort } from '../../domain/ports.ts'
import { GATES } from '../../gate/registry.ts'
import type { Running } from '../start.ts'
import { knownParts } from './known.ts'
import { deriveAgain, type Derivation, type Proving } from './prove.ts'

const ROOMS: Proving = { gates: GATES, engines: DIAGNOSIS_ENGINES, rulesOf, remedies: REMEDIES }

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

async function begin(change: Parameters<typeof engineWorld>[1] = {}, senses?: Senses): Promise<Running> {
  world = engineWorld(record, change, senses)
  running = await world.start()
  return running
}

const settings = (): EngineWorld['ports']['settings'] => engineWorld(record).ports.settings

async function proven(change: (entries: readonly Entry[]) => readonly Entry[] = (all) => all): Promise<Derivation[]> {
  const entries = change(await record.entries({}))
  return deriveAgain(
    entries.filter(({ incident }) => incident !== undefined),
    knownParts(entries),
    ROOMS,
  )
}
const wrong = (all: readonly Derivation[]): Derivation[] => all.filter(({ result }) => result !== 'same')
const decisions = (all: readonly Derivation[]): string[] => [...new Set(all.map(({ decision }) => decision))].toSorted()

describe('every decision is derived again from the record alone', () => {
  test('of a run that heals', async () => {
    await begin()
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(15_000)
    const all = await proven()
    expect(wrong(all)).toEqual([])
    expect(decisions(all)).toEqual(['assessment', 'choice', 'diagnosis', 'outcome', 'verdict'])
  })

  test('of what did not run, and of what only shadow kept', async () => {
    await begin({ settings: { ...settings(), never: ['**'] } })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(15_000)
    await world.stop(running!)
    await begin({ settings: { ...settings(), mode: 'shadow' } })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(15_000)
    const all = await proven()
    expect(wrong(all)).toEqual([])
    expect(all.filter(({ decision }) => decision === 'verdict').length).toBeGreaterThanOrEqual(2)
  })

  test('of a proposal and the run that a person approved', async () => {
    const { operator } = await begin({ settings: { ...settings(), policies: [{ ...POLICY, autonomy: 'approve' }] } })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(5000)
    const [view] = await record.proposals({})
    const approved = operator.approve({ proposal: view!.proposal.id, by: 'ada', reason: 'yes' })
    await world.clock.advance(15_000)
    await approved
    const kinds = (await record.entries({})).map(({ kind }) => kind)
    expect(kinds).toEqual(expect.arrayContaining(['proposed', 'approved', 'run-started', 'run-ended']))
    expect(wrong(await proven())).toEqual([])
  })
})
