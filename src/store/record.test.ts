import { afterEach, beforeEach, expect, test } from 'vitest'
import { mkdirSync, rmSync } from 'node:fs'
import { ConflictError, RecordUnwritableError, TerminalError } from '../domain/errors.ts'
import type { Commit } from '../domain/ports.ts'
import { commitOf, momentAt, newFolder, paged, runRow, WEB, WEB_1 } from '../../test/store/sample.ts'
import { openReader } from './reader.ts'
import { openRecord, type OwnedRecord, type RecordOptions } from './record.ts'
import { verifyRecord } from './verify.ts'

let folder: string
let record: OwnedRecord
const open = (more: Partial<RecordOptions> = {}): Promise<OwnedRecord> =>
  openRecord({ folder, moment: () => momentAt(0), reserveBytes: 0, inProcess: true, ...more })

beforeEach(async () => {
  folder = newFolder()
  record = await open()
})
afterEach(async () => {
  await record.close()
  rmSync(folder, { recursive: true })
})

test('what was acknowledged is read at once, and after a restart', async () => {
  const seq = await record.commit({
    at: momentAt(5),
    entries: [paged('a', { incident: 'inc-1' }), paged('b', { run: 'run-1' })],
  })
  expect(seq).toBe(1)
  const before = await record.entries({})
  expect(before).toMatchObject([
    { seq: 1, at: momentAt(5), kind: 'paged', incident: 'inc-1', body: { kind: 'paged', about: 'test', reason: 'a' } },
    { seq: 2, run: 'run-1', body: { reason: 'b' } },
  ])
  await record.close()
  record = await open()
  expect(await record.entries({})).toEqual(before)
  expect(record.epoch).toBe(2)
})

test('entries are found by incident, run, kind, number and order', async () => {
  for (const reason of ['a', 'b', 'c']) await record.commit({ at: momentAt(0), entries: [paged(reason, { run: 'r' })] })
  await record.commit({
    at: momentAt(0),
    entries: [{ body: { kind: 'resumed', reason: 'd', by: 'ann' }, incident: 'i' }],
  })
  const seqs = async (query: Parameters<OwnedRecord['entries']>[0]): Promise<number[]> =>
    (await record.entries(query)).map((entry) => entry.seq)
  expect(await seqs({ run: 'r' })).toEqual([1, 2, 3])
  expect(await seqs({ run: 'r', newestFirst: true, limit: 2 })).toEqual([3, 2])
  expect(await seqs({ after: 2 })).toEqual([3, 4])
  expect(await seqs({ kinds: ['resumed', 'paused'] })).toEqual([4])
  expect(await seqs({ kinds: [] })).toEqual([])
  expect(await seqs({ incident: 'i' })).toEqual([4])
})

test('a refused commit leaves nothing, and its neighbours in the group stand', async () => {
  const lock = (run: string) => commitOf(run, [{ do: 'lock', run, own: [WEB_1], within: [WEB] }])
  const results = await Promise.allSettled([lock('r1'), lock('r2'), commitOf('x')].map((c) => record.commit(c)))
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: expect.any(ConflictError) })
  expect((results[1] as PromiseRejectedResult).reason.message).toContain("run 'r1' holds it")
  expect((await record.entries({})).map((entry) => entry.body)).toMatchObject([{ reason: 'r1' }, { reason: 'x' }])
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 2 })
})

test('a body that JSON cannot hold, and a change that nothing explains, are refused alone', async () => {
  const nan: Commit = { ...commitOf('x'), entries: [{ body: { kind: 'step-succeeded', step: 's', result: NaN } }] }
  const empty: Commit = { ...commitOf('x'), entries: [] }
  const results = await Promise.allSettled([nan, empty, commitOf('x')].map((c) => record.commit(c)))
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 1 })
})

test('a run opens once and closes once, and its end ends its attempt', async () => {
  await record.commit(
    commitOf('start', [
      { do: 'open-run', row: runRow('r1') },
      { do: 'spend', owner: WEB, run: 'r1', shadow: false, seen: 0 },
    ]),
  )
  await expect(record.commit(commitOf('again', [{ do: 'open-run', row: runRow('r1') }]))).rejects.toThrow(ConflictError)
  expect(await record.openRuns()).toEqual([{ ...runRow('r1'), startedAt: momentAt(0) }])

  const end = commitOf('end', [{ do: 'close-run', run: 'r1', outcome: 'healed' }], { at: momentAt(9) })
  await record.commit(end)
  await expect(record.commit(end)).rejects.toThrow(ConflictError)
  expect(await record.openRuns()).toEqual([])
  expect(await record.runs({ incident: 'inc-1' })).toMatchObject([
    { run: 'r1', endedAt: momentAt(9), outcome: 'healed' },
  ])
  expect((await record.ledger(WEB)).attempts).toMatchObject([{ id: 1, run: 'r1', endedAt: momentAt(9), shadow: false }])
})

test('an attempt that the gates did not see refuses the next; a released one counts no longer but is still the newest', async () => {
  const spend = (run: string, seen: number) => commitOf(run, [{ do: 'spend', owner: WEB, run, shadow: false, seen }])
  await record.commit(spend('r1', 0))
  await expect(record.commit(spend('r2', 0))).rejects.toThrow('the newest is 1, the gates saw 0')
  await record.commit(spend('r2', 1))
  expect((await record.ledger(WEB)).attempts.map((attempt) => attempt.run)).toEqual(['r1', 'r2'])
  await record.commit(commitOf('release', [{ do: 'release', target: WEB }]))
  expect(await record.ledger(WEB)).toMatchObject({ attempts: [], lastAttempt: 2 })
})

test('holds, latches and the pause are there until somebody ends them', async () => {
  await record.commit(
    commitOf('hold', [
      { do: 'hold', target: WEB, forMs: 60_000, reason: 'deploy', by: 'ann' },
      { do: 'latch', owner: WEB, reason: 'recurring' },
      { do: 'latch', owner: WEB, reason: 'said again' },
      { do: 'pause', freeze: false, reason: 'look', by: 'ann' },
      { do: 'pause', freeze: true, reason: 'fire', by: 'bob' },
    ]),
  )
  expect(await record.ledger(WEB_1)).toMatchObject({
    holds: [{ target: WEB, forMs: 60_000, since: momentAt(0) }],
    latches: [{ owner: WEB, reason: 'recurring' }],
    pause: { freeze: true, by: 'bob' },
  })
  await record.commit(commitOf('end', [{ do: 'release', target: WEB }, { do: 'resume' }]))
  const ledger = await record.ledger(WEB_1)
  const none = { locks: [], attempts: [], holds: [], latches: [], disturbances: [] }
  expect(ledger).toEqual({ ...none, lastAttempt: 0, lastDisturbance: 0 })
})

test('incidents open once and close once', async () => {
  await record.commit(commitOf('a', [{ do: 'open-incident', incident: 'i1', owner: WEB }]))
  await record.commit(commitOf('b', [{ do: 'open-incident', incident: 'i2', owner: WEB }]))
  await expect(record.commit(commitOf('c', [{ do: 'open-incident', incident: 'i1', owner: WEB }]))).rejects.toThrow(
    ConflictError,
  )
  const close = commitOf('d', [{ do: 'close-incident', incident: 'i1' }])
  await record.commit(close)
  await expect(record.commit(close)).rejects.toThrow(ConflictError)
  expect(await record.openIncidents()).toEqual(['i2'])
  expect(await record.incidents({})).toEqual(['i2', 'i1'])
  expect(await record.incidents({ limit: 1 })).toEqual(['i2'])
})

test('a reader sees what the owner writes, and cannot write', async () => {
  const reader = openReader(folder)
  await record.commit(commitOf('a'))
  expect(await reader.entries({})).toHaveLength(1)
  await record.commit(commitOf('b'))
  expect(await reader.entries({})).toHaveLength(2)
  reader.close()
})

test('where there is no record, a reader says so', () => {
  expect(() => openReader(`${folder}/elsewhere`)).toThrow(/there is none at .*check the data folder/)
})

test('a closed record refuses commits, after answering those before', async () => {
  const last = record.commit(commitOf('last'))
  const closing = record.close()
  await expect(record.commit(commitOf('late'))).rejects.toThrow(RecordUnwritableError)
  await closing
  expect(await last).toBe(1)
})

test('a folder that cannot be one is named', async () => {
  await expect(open({ folder: `${folder}/record.db/x` })).rejects.toThrow(
    /cannot make the data folder .*name another one/,
  )
  await expect(open()).rejects.toThrow(TerminalError)
})

test('the same works on a thread of its own: refusals come back typed, and a queue becomes one group', async () => {
  await record.close()
  record = await open({ inProcess: false })
  const lock = (run: string) => commitOf(run, [{ do: 'lock', run, own: [WEB_1], within: [] }])
  const results = await Promise.allSettled([commitOf('x'), lock('r1'), lock('r2')].map((c) => record.commit(c)))
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  expect(results[2]).toMatchObject({ reason: expect.any(ConflictError) })
  expect(await record.entries({})).toHaveLength(2)
  expect(verifyRecord(folder).ok).toBe(true)
})

test('a thread that cannot open the record says why, and gives the folder back', async () => {
  await record.close()
  rmSync(`${folder}/record.db`)
  mkdirSync(`${folder}/record.db`)
  await expect(open({ inProcess: false })).rejects.toThrow(RecordUnwritableError)
  rmSync(`${folder}/record.db`, { recursive: true })
  record = await open()
})
