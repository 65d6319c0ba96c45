import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineWorld } from '../../test/engine-world.ts'
import { WEB_1 } from '../../test/gate-world.ts'
import { momentAt, newFolder } from '../../test/store/sample.ts'
import { passingKeys, type Keys } from '../store/keys.ts'
import { openRecord, type OwnedRecord } from '../store/record.ts'
import { verifyRecord } from '../store/verify.ts'
import { startEngine } from './start.ts'

let folder: string
let record: OwnedRecord

beforeEach(() => {
  folder = newFolder()
})
afterEach(async () => {
  await record.close()
  rmSync(folder, { recursive: true })
})

const open = (keys: Keys): Promise<OwnedRecord> =>
  openRecord({ folder, keys, moment: () => momentAt(0), inProcess: true, synchronous: 'off', reserveBytes: 0 })

/** A run that was cut off by the end of its owner, and the next owner with these keys. */
async function takenUpWith(keysOf: (first: Keys) => Keys): Promise<string[]> {
  const keys = passingKeys()
  record = await open(keys)
  const world = engineWorld(record)
  const first = await world.start()
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(2200)
  await world.stop(first)
  expect(await record.openRuns()).toHaveLength(1)
  await record.close()
  record = await open(keysOf(keys))
  const next = await startEngine({ ...world.ports, record })
  await world.clock.advance(15_000)
  await world.stop(next)
  return (await record.runs({})).map(({ outcome }) => outcome ?? 'open')
}

test('a run goes on from what it captured, where the key is at hand', async () => {
  expect(await takenUpWith((keys) => keys)).toEqual(['healed'])
})

test('where the key is lost the owner starts all the same, and the run is parked', async () => {
  expect(await takenUpWith(() => passingKeys())).toEqual(['parked'])
  const paged = await record.entries({ kinds: ['paged'] })
  expect(JSON.stringify(paged.map(({ body }) => body))).toMatch(/encrypted with key [0-9a-f]{12}, which is not at hand/)
  expect(verifyRecord(folder).ok).toBe(true)
})
