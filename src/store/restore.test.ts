import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitOf, momentAt, newFolder, WEB } from '../../test/store/sample.ts'
import type { Entry } from '../domain/entry.ts'
import { TerminalError } from '../domain/errors.ts'
import { backupRecord } from './backup.ts'
import { readyFile } from './folder.ts'
import { openReader } from './reader.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import { restoreRecord, type RestoreOrder, type RestoreReport } from './restore.ts'
import { verifyRecord } from './verify.ts'

let root: string
/** Takes away what later versions added. */
const AS_FIRST =
  'drop table alerts; drop table proposals; drop table disturbances; drop index payloads_sealed; alter table payloads drop column key; pragma user_version = 1'

let folder: string
let copy: string
beforeEach(() => {
  root = newFolder()
  folder = join(root, 'data')
  copy = join(root, 'backup.db')
})
afterEach(() => rmSync(root, { recursive: true }))

const open = (at = folder): Promise<OwnedRecord> =>
  openRecord({ folder: at, moment: () => momentAt(0), inProcess: true, synchronous: 'off', reserveBytes: 0 })

/** Opens, commits an entry a second, and closes. */
async function write(...reasons: string[]): Promise<void> {
  const record = await open()
  for (const [i, reason] of reasons.entries())
    await record.commit(commitOf(reason, [], { at: momentAt((i + 1) * 1000) }))
  await record.close()
}

const restore = (different: Partial<RestoreOrder> = {}): Promise<RestoreReport> =>
  restoreRecord({ file: copy, folder, by: 'ada', at: momentAt(60_000), replace: false, ...different })

async function entriesIn(place: string): Promise<readonly Entry[]> {
  const reader = openReader(place)
  const entries = await reader.entries({})
  reader.close()
  return entries
}
const reasonsIn = async (place: string): Promise<string[]> =>
  (await entriesIn(place)).map(({ body }) => (body as { reason: string }).reason)

function change(file: string, sql: string): void {
  const db = new DatabaseSync(file)
  db.exec(sql)
  db.close()
}

/** Backs up a record of `a` and `b`, and takes the record away. */
async function onlyBackup(): Promise<void> {
  await write('a', 'b')
  await backupRecord(folder, copy)
  rmSync(folder, { recursive: true })
}

describe('a backup', () => {
  test('says what it holds, is for its user alone, and has the head of the record', async () => {
    await write('a', 'b')
    const report = await backupRecord(folder, copy)
    const { head } = verifyRecord(folder)
    expect(report).toEqual({ file: copy, entries: 2, head, bytes: statSync(copy).size, lastAt: momentAt(2000).wallMs })
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    expect(readdirSync(root).toSorted()).toEqual(['backup.db', 'data'])
  })

  test('of a record whose chain does not hold is not called one', async () => {
    await write('a', 'b')
    change(join(folder, 'record.db'), `update payloads set body = replace(body, '"a"', '"A"')`)
    await expect(backupRecord(folder, copy)).rejects.toThrow(/does not verify: entry 1 \(paged\)/)
    expect(existsSync(copy)).toBe(false)
  })
})

describe('a restore', () => {
  test('brings back every entry, and freezes with who, until when and what to do', async () => {
    await onlyBackup()
    const { head } = verifyRecord(copy)
    expect(await restore()).toEqual({ entries: 2, head, lastAt: momentAt(2000).wallMs })

    expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 3 })
    const [a, b, mark] = await entriesIn(folder)
    expect([a, b]).toEqual(await entriesIn(copy))
    const time = new Date(momentAt(2000).wallMs).toISOString()
    const pause = {
      freeze: true,
      by: 'ada',
      reason: `restored from a backup of ${time} by ada: what was done since is not on it; look at the targets, then resume`,
    }
    expect(mark).toMatchObject({ seq: 3, at: momentAt(60_000), body: { kind: 'paused', ...pause } })
    const record = await open()
    expect((await record.ledger(WEB)).pause).toEqual({ ...pause, since: momentAt(60_000) })
    await record.close()
  })

  test('is refused where an owner runs', async () => {
    await write('a')
    await backupRecord(folder, copy)
    const record = await open()
    await expect(restore({ replace: true })).rejects.toThrow(`process ${process.pid}`)
    await record.commit(commitOf('still the owner'))
    await record.close()
  })

  test('is refused where a record is, unless it may put it aside: whole, with what the last owner left in the log', async () => {
    await write('a', 'b')
    await backupRecord(folder, copy)
    const record = await open()
    await record.commit(commitOf('c', [], { at: momentAt(9000) }))
    // As after a kill: the newest entry is in the log alone.
    const killed = join(root, 'killed')
    mkdirSync(killed)
    for (const file of ['record.db', 'record.db-wal']) copyFileSync(join(folder, file), join(killed, file))
    await record.close()

    await expect(restore({ folder: killed })).rejects.toThrow('a record is there; --replace puts it aside')
    expect(await reasonsIn(killed)).toEqual(['a', 'b', 'c'])

    const { replaced } = await restore({ folder: killed, replace: true })
    expect(replaced).toEqual({
      folder: join(killed, 'replaced-2023-11-14T22-14-20.000Z'),
      lastAt: momentAt(9000).wallMs,
    })
    expect(await reasonsIn(replaced!.folder)).toEqual(['a', 'b', 'c'])
    expect(verifyRecord(replaced!.folder)).toMatchObject({ ok: true, entries: 3 })
    expect(await reasonsIn(killed)).toEqual(['a', 'b', expect.stringMatching(/^restored from a backup/)])
    expect(verifyRecord(killed)).toMatchObject({ ok: true, entries: 3 })
  })

  test('takes the place of a record that nobody can read any more', async () => {
    await onlyBackup()
    mkdirSync(folder)
    writeFileSync(join(folder, 'record.db'), 'no record at all')
    const { replaced } = await restore({ replace: true })
    expect(replaced).not.toHaveProperty('lastAt')
    expect(readFileSync(join(replaced!.folder, 'record.db'), 'utf8')).toBe('no record at all')
    expect(verifyRecord(folder).ok).toBe(true)
  })

  test.each<[string, (whole: Buffer) => Buffer | undefined, RegExp]>([
    ['with one changed body', (whole) => flipped(whole, whole.indexOf('needle')), /chain does not hold: entry 1/],
    ['cut off', (whole) => whole.subarray(0, whole.length / 2), /cannot restore from/],
    ['that is empty', () => Buffer.alloc(0), /it holds no entry of a record/],
    ['that is something else', () => Buffer.from('once upon a time'), /could not be copied, or is no backup/],
    ['that is not there', () => undefined, /there is no such file/],
  ])('of a backup %s is refused, and changes nothing', async (_name, damage, message) => {
    await write('needle', 'b')
    await backupRecord(folder, copy)
    const damaged = damage(readFileSync(copy))
    rmSync(copy)
    if (damaged) writeFileSync(copy, damaged)
    const before = verifyRecord(folder)
    const refusal = await restore({ replace: true }).catch((thrown: unknown) => thrown)
    expect(refusal).toBeInstanceOf(TerminalError)
    expect((refusal as Error).message).toMatch(message)
    expect(verifyRecord(folder)).toEqual(before)
    expect(readdirSync(folder).filter((file) => /partial|restored|replaced/.test(file))).toEqual([])
  })

  test('of a backup that an older version made brings it up to date', async () => {
    await onlyBackup()
    change(copy, AS_FIRST)
    expect(await restore()).toMatchObject({ entries: 2 })
    expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 3 })
  })

  test('of a backup that a newer version made says so', async () => {
    await onlyBackup()
    change(copy, 'pragma user_version = 99')
    const refusal = await restore().catch((thrown: unknown) => thrown)
    expect((refusal as { cause: Error }).cause.message).toContain('use the version that wrote it')
  })

  test('that was broken off while records were swapped lets no owner start, and can be done again', async () => {
    await onlyBackup()
    mkdirSync(folder)
    writeFileSync(readyFile(folder), '')
    await expect(open()).rejects.toThrow('a restore into it was broken off')
    await restore()
    expect(existsSync(readyFile(folder))).toBe(false)
    await (await open()).close()
  })
})

function flipped(whole: Buffer, at: number): Buffer {
  const other = Buffer.from(whole)
  other[at] = other[at]! ^ 1
  return other
}
