import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RecordUnwritableError } from '../domain/errors.ts'
import type { Commit } from '../domain/ports.ts'
import { commitOf, momentAt, newFolder, runRow, WEB_1 } from '../../test/store/sample.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import { verifyRecord } from './verify.ts'

const COMMITTER = resolve(import.meta.dirname, '../../test/store/committer.ts')
let disk: string
let folder: string
let record: OwnedRecord | undefined

/** A disk of 64 MiB that can be made full; false where this user may not mount one. */
function mountDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
const canMount = ((): boolean => {
  disk = newFolder()
  const can = mountDisk()
  if (can) execFileSync('umount', ['-l', disk])
  else console.warn('SKIPPED: the tests of a full disk need root, to mount a tmpfs of 64 MiB')
  rmSync(disk, { recursive: true })
  return can
})()

beforeEach(() => {
  disk = newFolder()
  folder = join(disk, 'data')
  if (canMount) mountDisk()
  mkdirSync(folder)
})
afterEach(async () => {
  await record?.close()
  record = undefined
  if (canMount) execFileSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true })
})

const open = async (): Promise<OwnedRecord> =>
  (record = await openRecord({ folder, moment: () => momentAt(0), inProcess: true }))

/** Writes until nothing more fits. */
function fill(): void {
  const handle = openSync(join(disk, 'filler'), 'w')
  for (const chunk of [1 << 20, 4096]) {
    try {
      for (;;) writeSync(handle, Buffer.alloc(chunk))
    } catch {
      // ENOSPC: as full as this chunk makes it.
    }
  }
  closeSync(handle)
}
const makeRoom = (): void => rmSync(join(disk, 'filler'))

const big = (reason: string): Commit => commitOf(reason.padEnd(20_000, '.'))
const closing = (reason: string): Commit => ({ ...big(reason), closing: true })
const slabs = (): number => {
  const db = new DatabaseSync(join(folder, 'record.db'), { readOnly: true })
  const row = db.prepare('select count(*) as count from slabs').get()
  db.close()
  return Number(row?.['count'])
}

test.skipIf(!canMount)(
  'on a full disk nothing starts, what is under way ends, and room alone brings it back',
  async () => {
    const record = await open()
    await record.commit(
      commitOf('start', [
        { do: 'open-run', row: runRow('r1') },
        { do: 'lock', run: 'r1', own: [WEB_1], within: [] },
      ]),
    )
    expect(await record.shortage()).toBeUndefined()
    fill()
    expect(await record.shortage()).toMatch(/its disk has 0\.0 MiB left/)
    const refusal = await record.commit(commitOf('new')).catch((thrown: unknown) => thrown)
    expect(refusal).toBeInstanceOf(RecordUnwritableError)
    expect((refusal as Error).message).toMatch(/record\.db: its disk has 0\.0 MiB left.*Free some space/)

    // Twelve megabytes of ends, three times the log: it must come round again on a disk that gives nothing.
    for (let n = 0; n < 600; n++) await record.commit(closing(`end ${n}`))
    await record.commit({ ...commitOf('end', [{ do: 'close-run', run: 'r1', outcome: 'spent' }]), closing: true })
    await expect(record.commit(commitOf('new'))).rejects.toThrow(RecordUnwritableError)
    expect(slabs()).toBeLessThan(16)
    expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 602 })

    makeRoom()
    await record.commit(commitOf('new'))
    expect(slabs()).toBeGreaterThanOrEqual(16)
    expect(await record.openRuns()).toEqual([])
  },
)

test.skipIf(!canMount)('on a full disk an ending in one group with a beginning is not refused with it', async () => {
  const record = await open()
  fill()
  const group = [commitOf('a'), closing('b'), commitOf('c'), closing('d')]
  const results = await Promise.allSettled(group.map((commit) => record.commit(commit)))
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled'])
})

test.skipIf(!canMount)(
  'the file grows while the disk has room, and ordinary commits stop before it is used up',
  async () => {
    const record = await open()
    let [written, refusal]: [number, unknown] = [0, undefined]
    while (refusal === undefined) {
      await record.commit(big(`${written}`)).then(
        () => written++,
        (thrown: unknown) => (refusal = thrown),
      )
    }
    expect(refusal).toBeInstanceOf(RecordUnwritableError)
    expect(written * 20_000).toBeGreaterThan(20 << 20)
    expect(slabs()).toBeGreaterThanOrEqual(16)
    fill()
    for (let n = 0; n < 300; n++) await record.commit(closing(`end ${n}`))
    expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: written + 300 })
  },
)

test.skipIf(!canMount)('a reader that holds the log open does not use up the room for endings unnoticed', async () => {
  const record = await open()
  const reader = new DatabaseSync(join(folder, 'record.db'), { readOnly: true })
  reader.exec('begin; select count(*) from entries')
  reader.prepare('select count(*) from entries').get()
  for (let n = 0; n < 300; n++) await record.commit(big(`${n}`))
  fill()
  await expect(record.commit(commitOf('new'))).rejects.toThrow(/log .* MiB used/)
  for (let n = 0; n < 60; n++) await record.commit(closing(`end ${n}`))
  reader.close()
  makeRoom()
  await record.commit(commitOf('new'))
  const logBytes = (): number => statSync(join(folder, 'record.db-wal')).size
  const before = logBytes()
  for (let n = 0; n < 300; n++) await record.commit(big(`${n}`))
  expect(logBytes()).toBe(before)
  expect(verifyRecord(folder).ok).toBe(true)
})

test.skipIf(!canMount)('a process killed on a full disk starts again on it and ends its runs', async () => {
  const child = spawn(process.execPath, [COMMITTER, folder, '1'], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.stdout.resume()
  const gone = once(child, 'close')
  child.kill('SIGSTOP')
  fill()
  child.kill('SIGKILL')
  await gone
  const record = await open()
  expect(record.epoch).toBe(2)
  await expect(record.commit(commitOf('new'))).rejects.toThrow(RecordUnwritableError)
  await record.commit(closing('end'))
  expect(verifyRecord(folder).ok).toBe(true)
})

test.skipIf(!canMount)(
  'a record that was closed and finds its disk full says what to do, and opens once there is room',
  async () => {
    await (await open()).close()
    fill()
    await expect(open()).rejects.toThrow('its disk is full; free some space')
    makeRoom()
    await (await open()).commit(commitOf('new'))
  },
)
