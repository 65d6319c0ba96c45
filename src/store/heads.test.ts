import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commitOf, momentAt, newFolder } from '../../test/store/sample.ts'
import { chainOf, digestOf, GENESIS } from './hash.ts'
import { headLine, readHeads, type PublishedHead } from './heads.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import type { EntryRow } from './tables.ts'
import { verifyRecord } from './verify.ts'

let folder: string
let record: OwnedRecord
let heads: PublishedHead[]

beforeEach(async () => {
  folder = newFolder()
  record = await openRecord({ folder, moment: () => momentAt(0), inProcess: true, synchronous: 'off', reserveBytes: 0 })
  heads = []
  for (const reason of ['a', 'b', 'c', 'd', 'e', 'f']) {
    await record.commit(commitOf(reason))
    const [last] = await record.entries({ newestFirst: true, limit: 1 })
    if (last && last.seq % 2 === 0)
      heads.push({ seq: last.seq, head: last.chain, epoch: 1, at: `2026-11-21T00:0${last.seq}:00Z` })
  }
})
afterEach(async () => {
  await record.close()
  rmSync(folder, { recursive: true })
})

function change(does: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(join(folder, 'record.db'))
  does(db)
  db.close()
}

/** Builds the chain again over what the table says, as somebody would who can write the file. */
function rebuild(db: DatabaseSync): void {
  let before = GENESIS
  for (const row of db.prepare('select * from entries join payloads using (seq) order by seq').all()) {
    const header = { ...row, digest: digestOf(String(row['body'])) } as unknown as EntryRow
    before = chainOf(before, header)
    db.prepare('update entries set digest = ?, chain = ? where seq = ?').run(header.digest, before, header.seq)
  }
}

test('a record that goes on from what was published is whole', () => {
  expect(verifyRecord(folder, { heads })).toMatchObject({ ok: true, problems: [] })
})

test('a history that was written anew, with a chain of its own, is found and named', () => {
  change((db) => {
    db.exec(`update payloads set body = replace(body, '"c"', '"C"') where seq = 3`)
    rebuild(db)
  })
  expect(verifyRecord(folder).ok).toBe(true)
  const { ok, problems } = verifyRecord(folder, { heads })
  expect(ok).toBe(false)
  expect(problems[0]).toMatch(/^entry 4: .*published at 2026-11-21T00:04:00Z/)
})

test('a tail that was cut off is found and named', () => {
  change((db) => db.exec('delete from entries where seq > 4; delete from payloads where seq > 4'))
  expect(verifyRecord(folder).ok).toBe(true)
  expect(verifyRecord(folder, { heads }).problems).toEqual([
    expect.stringMatching(/^after entry 4: the record ends, and entry 6 was published/),
  ])
})

test('lines are read back, a line that was broken off is none, and what is no head is refused by its line', () => {
  const text = heads.map(headLine).join('')
  expect(readHeads(text)).toEqual(heads)
  expect(readHeads(`${text}{"seq":7,"he`)).toEqual(heads)
  expect(() => readHeads(`${text}nonsense\n`)).toThrow('line 4 is no published head')
})
