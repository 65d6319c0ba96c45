import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Commit } from '../domain/ports.ts'
import { RecordUnwritableError } from '../domain/errors.ts'
import { commitOf, momentAt, newFolder, paged, runRow, WEB, WEB_1 } from '../../test/store/sample.ts'
import type { WriterHook } from './database.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import { verifyRecord } from './verify.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true }))

const start = (run: string): Commit => ({
  ...commitOf(run, [
    { do: 'open-run', row: runRow(run) },
    { do: 'lock', run, own: [WEB_1], within: [WEB] },
    { do: 'spend', owner: WEB, run, shadow: false, seen: 0 },
  ]),
  entries: [paged(`${run} 1`, { run }), paged(`${run} 2`, { run })],
})
/** One alone, then a group of three whose second is refused. */
const BATCH: readonly Commit[] = [commitOf('a'), start('r1'), start('r2'), commitOf('b')]

// What a dead process leaves does not depend on the sync: the kernel has it all the same.
const open = (place: string, hook?: WriterHook): Promise<OwnedRecord> => {
  const options = {
    folder: place,
    moment: () => momentAt(0),
    inProcess: true,
    synchronous: 'off',
    reserveBytes: 0,
  } as const
  return openRecord(hook ? { ...options, hook } : options)
}

/** Throws at the n-th call once armed, and at every call after it: the dead do nothing more. */
function crashAt(n: number): { hook: WriterHook; arm(): void; calls(): number } {
  let [armed, calls] = [false, 0]
  const hook = (when: string, sql: string): void => {
    if (armed && calls++ >= n) throw new Error(`crash ${when} ${sql}`)
  }
  return { hook, arm: () => void (armed = true), calls: () => calls }
}

/** What a killed process leaves: the files as they are, without a last checkpoint. */
function wreck(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true })
  mkdirSync(to)
  for (const name of ['record.db', 'record.db-wal']) {
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name))
  }
}

test('a crash at any statement of a group leaves each commit whole or absent, and every acknowledged one there', async () => {
  const [work, rest] = [join(folder, 'work'), join(folder, 'rest')]
  const outcomes = new Set<string>()
  for (let n = 0, more = true; more; n++) {
    rmSync(work, { recursive: true, force: true })
    const crash = crashAt(n)
    const record = await open(work, crash.hook)
    await record.commit(commitOf('base'))
    crash.arm()
    const results = await Promise.allSettled(BATCH.map((commit) => record.commit(commit)))
    more = crash.calls() > n
    if (more) await expect(record.commit(commitOf('dead'))).rejects.toThrow(RecordUnwritableError)
    wreck(work, rest)
    await record.close()

    const after = await open(rest)
    const found = (await after.entries({})).map(({ body }) => (body as { reason: string }).reason)
    const [runs, ledger] = [await after.openRuns(), await after.ledger(WEB)]
    const began = found.includes('r1 1')
    expect([['base'], ['base', 'a'], ['base', 'a', 'r1 1', 'r1 2', 'b']]).toContainEqual(found)
    expect([runs.length, ledger.locks.length, ledger.attempts.length]).toEqual(began ? [1, 2, 1] : [0, 0, 0])
    if (results[0]?.status === 'fulfilled') expect(found).toContain('a')
    if (results[1]?.status === 'fulfilled') expect(began).toBe(true)
    expect(verifyRecord(rest)).toMatchObject({ ok: true, entries: found.length })
    expect(await after.commit(commitOf('on'))).toBe(found.length + 1)
    await after.close()
    outcomes.add(found.join())
  }
  // The sweep met all three states, so it did cross both commits.
  expect(outcomes.size).toBe(3)
})

test('a crash at any statement of the very first opening leaves a folder that opens', async () => {
  const [work, rest] = [join(folder, 'work'), join(folder, 'rest')]
  for (let n = 0, more = true; more; n++) {
    rmSync(work, { recursive: true, force: true })
    const crash = crashAt(n)
    crash.arm()
    const opened = await open(work, crash.hook).catch(() => undefined)
    more = crash.calls() > n
    wreck(work, rest)
    await opened?.close()
    const after = await open(rest)
    expect(await after.commit(commitOf('first'))).toBe(1)
    await after.close()
    expect(verifyRecord(rest).ok).toBe(true)
  }
})

test('a disk that refuses any one statement refuses the whole group, and the next one passes', async () => {
  for (let n = 0, more = true; more; n++) {
    const place = join(folder, String(n))
    let [armed, calls] = [false, 0]
    const record = await open(place, (when, sql) => {
      if (armed && when === 'before' && !sql.includes('wal_checkpoint') && calls++ === n)
        throw new RecordUnwritableError('no')
    })
    armed = true
    const result = await record.commit(start('r1')).catch((thrown: unknown) => thrown)
    more = calls > n
    if (more) {
      expect(result).toBeInstanceOf(RecordUnwritableError)
      expect(await record.entries({})).toEqual([])
      await record.commit(start('r1'))
    }
    expect(await record.entries({})).toHaveLength(2)
    await record.close()
  }
})
