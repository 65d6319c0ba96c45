import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { PLAN } from '../../../test/gate-world.ts'
import { call, pidOf, shimFolder, stateOf, untilState, type ShimFolder } from '../../../test/shims.ts'
import { processConnector } from '../../connectors/process/index.ts'
import type { Manifest } from '../../connectors/process/shim/schema.ts'
import type { EntryBody } from '../../domain/entry.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { startRun } from '../../saga/start.ts'
import { watchHands, type Hands, type HandsPorts } from './hands.ts'

// What a real shim tells of changes, beside a real record that knows which of them were Kintsugi's own.

const WEB_1: ResourceRef = 'lab:shop/instance/web-1'
const abort = new AbortController().signal
const clock = systemClock()

let record: RecordPort
let folder: ShimFolder
let manifest: Manifest

beforeEach(async () => {
  record = await openTestRecord()
  folder = shimFolder()
  const file = join(folder.dir, 'settings')
  writeFileSync(file, '{ "pool": 10 }')
  manifest = await folder.manifest('web-1', { configuration: { file } })
  await folder.start(manifest)
  await untilState(manifest, ({ ready }) => ready)
})
afterEach(async () => {
  await folder.close()
  await record.close()
})

const watching = (more: Partial<HandsPorts> = {}): Hands => {
  const connectors = [processConnector({ name: 'lab', dir: folder.dir })]
  return watchHands({ connectors, record, clock, log: silentLog, ...more })
}
const seen = async (): Promise<EntryBody[]> =>
  (await record.entries({ kinds: ['change-seen'] })).flatMap(({ body }) => body ?? [])
const post = (path: string, body: object): Promise<unknown> => call(join(folder.dir, 'web-1.sock'), 'POST', path, body)

async function restartAs(key: string): Promise<void> {
  await post('/restart', { ifIdentity: (await stateOf(manifest)).identity, key })
}

/** A configuration that was written long before is no change of today. */
async function aged(): Promise<Hands> {
  const hands = watching()
  await hands.look(abort)
  await hands.note()
  return hands
}

test('a restart that no run ordered is somebody else, told once and known after a restart of Kintsugi', async () => {
  await aged()
  const before = await seen()
  await restartAs('by-hand-7')
  const hands = watching()
  await hands.look(abort)
  await hands.note()
  await hands.note()
  expect(hands.hands()).toEqual([
    expect.objectContaining({ kind: 'change', target: WEB_1, what: 'it was restarted, by order by-hand-7' }),
  ])
  const successor = watching()
  await successor.look(abort)
  await successor.note()
  expect(successor.hands()).toHaveLength(1)
  expect((await seen()).slice(before.length)).toEqual([expect.objectContaining({ target: WEB_1, who: 'somebody' })])
})

test('what a run of Kintsugi ordered is nobody else', async () => {
  const hands = await aged()
  const known = hands.hands()
  const ledger = await record.ledger(PLAN.owner)
  await startRun(record, { run: 'run-1', plan: PLAN, ledger, version: 'test', at: clock.moment() })
  await restartAs('run-1/restart')
  await hands.look(abort)
  expect(hands.hands()).toEqual(known)
})

test('a change is charged for the rest of its five minutes, an old one and one that does not count not at all', async () => {
  const charged = async (): Promise<number[]> =>
    (await record.ledger(WEB_1)).disturbances.map(({ forMs }) => Math.round((forMs ?? 0) / 60_000))
  const file = join(folder.dir, 'settings')
  const edited = (minutesAgo: number): void => {
    const at = Date.now() / 1000 - minutesAgo * 60
    utimesSync(file, at, at)
  }
  const look = async (more?: Partial<HandsPorts>): Promise<void> => {
    const hands = watching(more)
    await hands.look(abort)
    await hands.note()
  }
  edited(6)
  await look()
  edited(1)
  await look({ afterHumanChangeMs: () => 0 })
  expect(await seen()).toHaveLength(2)
  expect(await charged()).toEqual([])
  edited(2)
  await look()
  expect(await charged()).toEqual([3])
})

test('a crash is no change: nobody ordered it', async () => {
  const hands = await aged()
  const known = hands.hands()
  process.kill(pidOf((await stateOf(manifest)).identity), 'SIGKILL')
  await untilState(manifest, ({ running }) => !running)
  await hands.look(abort)
  expect(hands.hands()).toEqual(known)
})

test('a configuration that was set through the shim is told with its order, one that was edited without', async () => {
  const hands = watching()
  await hands.look(abort)
  expect(hands.hands()).toEqual([expect.objectContaining({ what: 'its configuration file was changed' })])
  const { revision } = (await call(join(folder.dir, 'web-1.sock'), 'GET', '/config')).body as { revision: string }
  await post('/config', { values: { pool: 20 }, ifRevision: revision, key: 'deploy-9' })
  await hands.look(abort)
  expect(hands.hands()).toEqual([
    expect.objectContaining({ what: 'its configuration was set, by order deploy-9', target: WEB_1 }),
  ])
})

test('what was changed just now is charged, what was changed an hour ago is written down alone', async () => {
  const [now, anHourAgo] = [Date.now() / 1000, Date.now() / 1000 - 3600]
  const charged = async (changedAt: number): Promise<number> => {
    utimesSync(join(folder.dir, 'settings'), changedAt, changedAt)
    await aged()
    return (await record.ledger(PLAN.owner)).disturbances.length
  }
  expect(await charged(anHourAgo)).toBe(0)
  expect(await charged(now)).toBe(1)
  expect(await seen()).toHaveLength(2)
})

test('a connector that cannot tell keeps what it told before', async () => {
  const [connector] = [processConnector({ name: 'lab', dir: folder.dir })]
  let isBlind = false
  const hands = watchHands({
    connectors: [
      {
        ...connector,
        hands: async (signal, now) =>
          isBlind ? Promise.reject(new Error('blind')) : ((await connector.hands?.(signal, now)) ?? []),
      },
    ],
    record,
    clock,
    log: silentLog,
  })
  await hands.look(abort)
  const known = hands.hands()
  isBlind = true
  await hands.look(abort)
  expect(known).toHaveLength(1)
  expect(hands.hands()).toEqual(known)
})
