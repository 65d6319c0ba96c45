import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineWorld, type EngineWorld } from '../../test/engine-world.ts'
import { fakeClock } from '../../test/fakes/fake-clock.ts'
import { WEB_1 } from '../../test/gate-world.ts'
import type { RecordPort } from '../domain/ports.ts'
import { backupRecord } from '../store/backup.ts'
import { openRecord } from '../store/record.ts'
import { restoreRecord } from '../store/restore.ts'
import { startEngine, type Running } from './start.ts'

let root: string
const folder = (): string => join(root, 'data')
const copy = (): string => join(root, 'backup.db')
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'kintsugi-restored-'))))
afterEach(() => rmSync(root, { recursive: true }))

const open = (): Promise<RecordPort> =>
  openRecord({ folder: folder(), moment: fakeClock().moment, inProcess: true, synchronous: 'off', reserveBytes: 0 })

/** The last owner is gone, and the folder has the record as it was when it was backed up. */
async function restored(world: EngineWorld): Promise<RecordPort> {
  const at = world.clock.moment()
  await restoreRecord({ file: copy(), folder: folder(), by: 'ada', at, replace: true })
  return open()
}

async function outcomesOn(record: RecordPort): Promise<string[]> {
  const entries = await record.entries({ kinds: ['run-ended'] })
  return entries.flatMap(({ body }) => (body?.kind === 'run-ended' ? [body.outcome] : []))
}

/** Runs an owner on the record of the moment, and ends it, and the record with it. */
async function owned(world: EngineWorld, record: RecordPort, use: (running: Running) => Promise<void>): Promise<void> {
  const running = await startEngine({ ...world.ports, record })
  try {
    await use(running)
  } finally {
    await world.stop(running)
    await record.close()
  }
}

test('a restored record does nothing until a person resumes, and then heals again', async () => {
  const first = await open()
  const world = engineWorld(first)
  await owned(world, first, async () => {
    await backupRecord(folder(), copy())
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(15_000)
    expect(await outcomesOn(first)).toEqual(['healed'])
  })
  expect(world.instances.effects).toHaveLength(1)

  const record = await restored(world)
  await owned(world, record, async ({ operator }) => {
    expect((await operator.status()).pause).toMatchObject({
      freeze: true,
      by: 'ada',
      reason: expect.stringMatching(/^restored from a backup of .* look at the targets, then resume$/),
    })
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(120_000)
    expect(world.instances.effects).toHaveLength(1)

    await operator.resume({ by: 'bob', reason: 'looked at the targets' })
    await world.clock.advance(15_000)
    expect(world.instances.effects).toHaveLength(2)
    expect(await outcomesOn(record)).toEqual(['healed'])
  })
})

test('a run that was under way when the backup was made is parked, without another effect', async () => {
  const first = await open()
  const world = engineWorld(first)
  await owned(world, first, async () => {
    world.instances.set(WEB_1, { running: false })
    while ((await first.openRuns()).length === 0) await world.clock.advance(250)
    await backupRecord(folder(), copy())
    await world.clock.advance(15_000)
    expect(await outcomesOn(first)).toEqual(['healed'])
  })

  const record = await restored(world)
  await owned(world, record, async () => {
    await world.clock.advance(60_000)
    expect(await outcomesOn(record)).toEqual(['parked'])
    expect(world.instances.effects).toHaveLength(1)
  })
})
