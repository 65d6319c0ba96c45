import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commitOf, momentAt, newFolder, paged, runRow, WEB, WEB_1 } from '../../test/store/sample.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import type { Retention } from './retention.ts'
import { verifyRecord } from './verify.ts'

/** Takes away what later versions added. */
const AS_FIRST =
  'drop table alerts; drop table proposals; drop table disturbances; drop index payloads_sealed; alter table payloads drop column key; pragma user_version = 1'

let folder: string
let record: OwnedRecord
let nowMs = 0
const open = (): Promise<OwnedRecord> =>
  openRecord({ folder, moment: () => momentAt(nowMs), inProcess: true, synchronous: 'off', reserveBytes: 0 })
beforeEach(async () => {
  folder = newFolder()
  nowMs = 0
  record = await open()
})
afterEach(async () => {
  await record.close()
  rmSync(folder, { recursive: true })
})

const append = async (...reasons: string[]): Promise<void> => {
  for (const reason of reasons) await record.commit(commitOf(reason))
}
function versionOf(): number {
  const db = new DatabaseSync(join(folder, 'record.db'))
  const version = db.prepare('pragma user_version').get()?.['user_version']
  db.close()
  return Number(version)
}

/** Changes the file behind the record's back. */
function tamper(sql: string): void {
  const db = new DatabaseSync(join(folder, 'record.db'))
  db.exec(sql)
  db.close()
}

test('each kind of tampering is found, and the first wrong entry is named', async () => {
  await append('a', 'b', 'c', 'd', 'e')
  const whole = verifyRecord(folder)
  expect(whole).toMatchObject({ ok: true, entries: 5, pruned: 0, segments: 0, firstSeq: 1, problems: [] })
  expect(whole.head).toBe((await record.entries({ newestFirst: true, limit: 1 }))[0]?.chain)

  const cases: [string, string, RegExp][] = [
    [
      `update payloads set body = replace(body, '"c"', '"C"') where seq = 3`,
      `update payloads set body = replace(body, '"C"', '"c"') where seq = 3`,
      /^entry 3 \(paged\): its body is not the one/,
    ],
    [
      'update entries set wall_ms = wall_ms + 1 where seq = 2',
      'update entries set wall_ms = wall_ms - 1 where seq = 2',
      /^entry 2 .*chain value/,
    ],
    [
      `update entries set run = 'x' where seq = 4`,
      'update entries set run = null where seq = 4',
      /^entry 4 .*chain value/,
    ],
    [
      `update entries set chain = upper(chain) where seq = 5`,
      'update entries set chain = lower(chain) where seq = 5',
      /^entry 5 .*chain value/,
    ],
    [
      'update entries set seq = 9 where seq = 5',
      'update entries set seq = 5 where seq = 9',
      /^entry 9 .*follows entry 4: what was between/,
    ],
    [
      'create table kept as select * from payloads where seq = 2; delete from payloads where seq = 2',
      'insert into payloads select * from kept; drop table kept',
      /^entry 2 .*body is missing, and its segment is not sealed/,
    ],
  ]
  for (const [change, undo, expected] of cases) {
    tamper(change)
    const found = verifyRecord(folder)
    expect(found.ok).toBe(false)
    expect(found.problems[0]).toMatch(expected)
    tamper(undo)
    expect(verifyRecord(folder)).toEqual(whole)
  }
})

test('one changed byte in the file is found, whether SQLite can still read the page or not', async () => {
  await append('needle in the record', 'b')
  await record.close()
  const file = join(folder, 'record.db')
  const whole = readFileSync(file)
  const flipped = (at: number): Buffer => Buffer.from(whole).fill(whole[at]! ^ 1, at, at + 1)
  writeFileSync(file, flipped(whole.indexOf('needle')))
  expect(verifyRecord(folder).problems).toEqual([expect.stringMatching(/^entry 1 \(paged\): its body/)])
  const page = Math.floor(whole.indexOf('needle') / 4096) * 4096
  writeFileSync(file, Buffer.from(whole).fill(0xff, page, page + 16))
  expect(verifyRecord(folder)).toMatchObject({
    ok: false,
    problems: [expect.stringMatching(/^after entry 0: cannot be read/)],
  })
  writeFileSync(file, whole)
  record = await open()
})

const KEEP: Retention = {
  sealAfterEntries: 4,
  sealAfterMs: 1000,
  keepPayloadsMs: 10_000,
  keepEntriesMs: 100_000,
  payloadsAtOnce: 3,
}

/** Turns retention until there is nothing more to do. */
async function retainAll(): Promise<{ pruned: number; dropped: number; sealed: number }> {
  const sum = { pruned: 0, dropped: 0, sealed: 0 }
  for (let more = true; more;) {
    const report = await record.retain(KEEP)
    expect(report.prunedPayloads).toBeLessThanOrEqual(3)
    sum.pruned += report.prunedPayloads
    sum.dropped += report.droppedSegments
    sum.sealed += Number(report.sealed)
    more = report.more
  }
  return sum
}

test('segments are sealed by length or age, and a quiet record does not grow by seals', async () => {
  await append('a', 'b', 'c')
  expect(await retainAll()).toEqual({ pruned: 0, dropped: 0, sealed: 0 })
  await append('d')
  expect(await retainAll()).toEqual({ pruned: 0, dropped: 0, sealed: 1 })
  expect((await record.entries({ kinds: ['segment-sealed'] }))[0]).toMatchObject({
    seq: 5,
    body: { firstSeq: 1, lastSeq: 4 },
  })
  nowMs = 5000
  expect((await retainAll()).sealed).toBe(0)
  await append('e')
  expect((await retainAll()).sealed).toBe(1)
  nowMs = 50_000
  expect((await retainAll()).sealed).toBe(0)
  expect(verifyRecord(folder)).toMatchObject({ ok: true, segments: 2 })
})

test('bodies go, then whole segments; the chain holds from the head that stays, and a changed head is found', async () => {
  await append('a', 'b', 'c', 'd')
  await retainAll()
  await append('e', 'f', 'g')
  await retainAll()
  nowMs = 10_000
  expect(await retainAll()).toEqual({ pruned: 8, dropped: 0, sealed: 0 })
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 9, pruned: 8, segments: 2, firstSeq: 1 })
  expect((await record.entries({ limit: 1 }))[0]).not.toHaveProperty('body')

  nowMs = 100_000
  expect(await retainAll()).toMatchObject({ dropped: 2 })
  const after = verifyRecord(folder)
  expect(after).toMatchObject({ ok: true, firstSeq: 9, segments: 0, entries: 1 })
  await append('h')
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 2 })

  tamper(`update segments set head = replace(head, substr(head, 1, 1), 'x')`)
  expect(verifyRecord(folder).problems[0]).toMatch(/^entry 9 \(segment-sealed\)/)
})

test('nothing of an open incident, an open run or a run that holds a lock is pruned or dropped', async () => {
  const entry = (reason: string, run: string, incident: string) => [paged(reason, { run, incident })]
  await record.commit({
    ...commitOf('', [{ do: 'open-incident', incident: 'i1', owner: WEB }]),
    entries: entry('1', 'r0', 'i1'),
  })
  await record.commit({ ...commitOf('', [{ do: 'open-run', row: runRow('r1') }]), entries: entry('2', 'r1', 'i0') })
  await record.commit({
    ...commitOf('', [{ do: 'lock', run: 'r2', own: [WEB_1], within: [] }]),
    entries: entry('3', 'r2', 'i0'),
  })
  await append('4')
  await retainAll()
  nowMs = 200_000
  expect(await retainAll()).toMatchObject({ pruned: 1, dropped: 0 })
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 5, pruned: 1 })
  await record.commit(
    commitOf('end', [
      { do: 'close-incident', incident: 'i1' },
      { do: 'close-run', run: 'r1', outcome: 'stuck' },
    ]),
  )
  expect(await retainAll()).toMatchObject({ pruned: 2, dropped: 0 })
  await record.commit(commitOf('free', [{ do: 'unlock', run: 'r2' }]))
  expect(await retainAll()).toMatchObject({ pruned: 1, dropped: 1 })
  expect(verifyRecord(folder).ok).toBe(true)
})

test('a writer that somebody has overtaken writes nothing more', async () => {
  await append('a')
  tamper(`update meta set epoch = epoch + 1, owner = 'another'`)
  await expect(record.commit(commitOf('b'))).rejects.toThrow('ownership 1 has ended, 2 has begun')
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 1 })
})

test('a record of the first version is brought up to date as it is', async () => {
  await append('a', 'b')
  await record.close()
  const before = verifyRecord(folder)
  tamper(AS_FIRST)
  expect(() => verifyRecord(folder)).toThrow('start this version once on it')
  record = await open()
  expect(verifyRecord(folder)).toEqual(before)
  expect(await record.alerts()).toEqual([])
})

test('a record of a newer version is refused, by owner and reader', async () => {
  await record.close()
  const known = versionOf()
  tamper('pragma user_version = 99')
  await expect(open()).rejects.toThrow(/schema 99, this version knows \d+/)
  expect(() => verifyRecord(folder)).toThrow('use the version that wrote it')
  tamper(`pragma user_version = ${known}`)
  record = await open()
})
