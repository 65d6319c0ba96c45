import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitOf, momentAt, newFolder, runRow, WEB, WEB_1 } from '../../test/store/sample.ts'
import { TerminalError } from '../domain/errors.ts'
import type { Write } from '../domain/ledger.ts'
import { MIGRATIONS } from './migrations.ts'
import { openReader } from './reader.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import { restoreRecord } from './restore.ts'
import { upgradeBackup } from './upgrade.ts'
import { verifyRecord } from './verify.ts'

const NEWEST = MIGRATIONS.length
const OLDER = Array.from({ length: NEWEST - 1 }, (_, i) => i + 1)

let root: string
let folder: string
beforeEach(() => {
  root = newFolder()
  folder = join(root, 'data')
})
afterEach(() => rmSync(root, { recursive: true }))

const open = (): Promise<OwnedRecord> =>
  openRecord({ folder, moment: () => momentAt(0), inProcess: true, synchronous: 'off', reserveBytes: 0 })

/** Something in every table that the first version had. */
const WRITES: readonly Write[] = [
  { do: 'open-incident', incident: 'inc-1', owner: WEB },
  { do: 'spend', owner: WEB, run: 'run-1', shadow: false, seen: 0 },
  { do: 'open-run', row: runRow('run-1') },
  { do: 'lock', run: 'run-1', own: [WEB_1], within: [WEB] },
  { do: 'hold', target: WEB_1, forMs: 1000, reason: 'a hold', by: 'ann' },
  { do: 'latch', owner: WEB, reason: 'a latch' },
  { do: 'pause', freeze: false, reason: 'a pause', by: 'ann' },
]

/** A record as the version left it that knew so many migrations: its tables, with the rows that a version of now writes. */
async function writtenBy(schema: number): Promise<void> {
  const record = await open()
  await record.commit(commitOf('first', WRITES))
  await record.commit(commitOf('second'))
  await record.close()
  if (schema < NEWEST) asOf(schema, join(folder, 'record.db'))
}

function asOf(schema: number, file: string): void {
  const made = `${file}.made`
  const db = new DatabaseSync(made)
  for (const statement of MIGRATIONS.slice(0, schema).flat()) db.exec(statement)
  db.exec(`attach '${file}' as now`)
  const tables = db.prepare(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`).all()
  for (const { name } of tables) {
    const columns = db
      .prepare(`select name from pragma_table_info('${String(name)}')`)
      .all()
      .map((column) => `"${String(column['name'])}"`)
      .join(', ')
    db.exec(
      `delete from main.${String(name)}; insert into main.${String(name)} (${columns}) select ${columns} from now.${String(name)}`,
    )
  }
  db.exec(`detach now; pragma user_version = ${schema}`)
  db.close()
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  renameSync(made, file)
}

/** Every row of every table. */
function rowsOf(file: string): unknown {
  const db = new DatabaseSync(file, { readOnly: true })
  const tables = db.prepare(`select name from sqlite_master where type = 'table' order by name`).all()
  const rows = tables.map(({ name }) => [name, db.prepare(`select * from ${String(name)}`).all()])
  db.close()
  return rows
}

const schemaOf = (file: string): unknown => {
  const db = new DatabaseSync(file, { readOnly: true })
  const { user_version: version } = db.prepare('pragma user_version').get() as Record<string, unknown>
  db.close()
  return version
}

const reasons = async (record: Pick<OwnedRecord, 'entries'>): Promise<unknown[]> =>
  (await record.entries({})).map(({ body }) => body && 'reason' in body && body.reason)

describe.each(OLDER)('a record of schema %i', (schema) => {
  test('opens, is brought up to date, holds its chain and all it knew, and goes on', async () => {
    await writtenBy(schema)
    const record = await open()
    expect(await reasons(record)).toEqual(['first', 'second'])
    expect(await record.ledger(WEB)).toMatchObject({
      locks: expect.arrayContaining([{ resource: WEB_1, run: 'run-1', mode: 'own' }]),
      attempts: [{ run: 'run-1', shadow: false }],
      holds: [{ target: WEB_1, reason: 'a hold' }],
      latches: [{ owner: WEB }],
      pause: { reason: 'a pause' },
    })
    expect(await record.openRuns()).toMatchObject([{ run: 'run-1' }])
    expect(await record.openIncidents()).toEqual(['inc-1'])
    expect(await record.alerts()).toEqual([])
    expect(await record.proposals({})).toEqual([])
    await record.commit(commitOf('third', [{ do: 'close-run', run: 'run-1', outcome: 'healed' }]))
    await record.close()
    expect(schemaOf(join(folder, 'record.db'))).toBe(NEWEST)
    expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 3 })
  })

  test('is copied first, as the version before left it, and can be restored', async () => {
    await writtenBy(schema)
    const before = rowsOf(join(folder, 'record.db'))
    const upgraded = await open()
    await upgraded.commit(commitOf('by the new one'))
    await upgraded.close()
    const copy = upgradeBackup(folder, schema)
    expect(schemaOf(copy)).toBe(schema)
    expect(rowsOf(copy)).toEqual(before)
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])

    const order = { file: copy, folder, by: 'ann', at: momentAt(5000), replace: true }
    expect(await restoreRecord(order)).toMatchObject({ entries: 2 })
    const back = await open()
    expect(await reasons(back)).toEqual(['first', 'second', expect.stringMatching(/^restored from a backup/)])
    expect((await back.ledger(WEB)).pause).toMatchObject({ freeze: true, by: 'ann' })
    await back.close()
  })

  test('a reader of now asks for a start first, and changes nothing', async () => {
    await writtenBy(schema)
    expect(() => openReader(folder)).toThrow(/start this version once on it/)
    expect(schemaOf(join(folder, 'record.db'))).toBe(schema)
  })
})

test('a record of now, and none at all, is opened without a copy', async () => {
  await writtenBy(NEWEST)
  await (await open()).close()
  expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([])
})

test('a newer record is refused, and not a byte of it is touched', async () => {
  await writtenBy(NEWEST)
  const file = join(folder, 'record.db')
  const db = new DatabaseSync(file)
  db.exec(`pragma journal_mode = delete; pragma user_version = ${NEWEST + 1}`)
  db.close()
  const before = readFileSync(file)
  const refused = `it has schema ${NEWEST + 1}, this version knows ${NEWEST}; use the version that wrote it, or a backup from before the upgrade`
  await expect(open()).rejects.toThrow(refused)
  expect(() => openReader(folder)).toThrow(refused)
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('a record whose chain does not hold is not brought up to date', async () => {
  await writtenBy(1)
  const file = join(folder, 'record.db')
  const db = new DatabaseSync(file)
  db.exec(`update payloads set body = replace(body, 'first', 'forged')`)
  db.close()
  await expect(open()).rejects.toThrow(
    /no whole backup of it could be made.*entry 1 \(paged\): its body is not the one/,
  )
  expect(schemaOf(file)).toBe(1)
})

test('nor one that cannot be copied', async () => {
  await writtenBy(1)
  mkdirSync(join(folder, 'record-backup-schema-1.partial'))
  writeFileSync(join(folder, 'record-backup-schema-1.partial', 'x'), '')
  await expect(open()).rejects.toThrow(TerminalError)
  expect(schemaOf(join(folder, 'record.db'))).toBe(1)
})
