import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commitOf, momentAt, newFolder } from '../../test/store/sample.ts'
import { backupRecord } from './backup.ts'
import { doubtAbout, headFileIn, headKeeper, readHead, writeHead } from './head.ts'
import { openRecord, type OwnedRecord } from './record.ts'

let root: string
let folder: string
let file: string
beforeEach(() => {
  root = newFolder()
  folder = join(root, 'data')
  file = headFileIn(folder)
})
afterEach(() => rmSync(root, { recursive: true }))

const open = (): Promise<OwnedRecord> =>
  openRecord({ folder, moment: () => momentAt(0), inProcess: true, synchronous: 'off', reserveBytes: 0 })

/** Commits these, keeps the head in the files, and closes. */
async function write(reasons: readonly string[], files = [file]): Promise<void> {
  const record = await open()
  for (const reason of reasons) await record.commit(commitOf(reason))
  await headKeeper(record, record.epoch, files)()
  await record.close()
}

async function doubt(files = [file]): Promise<string | undefined> {
  const record = await open()
  const found = await doubtAbout(record, files)
  await record.close()
  return found
}

test('a record that is as it was, or went on, is not doubted', async () => {
  await write(['a', 'b'])
  expect(readHead(file)).toMatchObject({ seq: 2, epoch: 1 })
  expect(await doubt()).toBeUndefined()
  await write(['c'], [])
  expect(await doubt()).toBeUndefined()
})

test('an older copy that is laid in by hand is', async () => {
  await write(['a'])
  await backupRecord(folder, join(root, 'copy.db'))
  await write(['b', 'c'])
  copyFileSync(join(root, 'copy.db'), join(folder, 'record.db'))
  expect(await doubt()).toMatch(/^the record ends at entry 1, and .*head\.json has seen entry 3: it was put back/)
})

test('one that has grown beyond it since is known by the entry', async () => {
  await write(['a'])
  await backupRecord(folder, join(root, 'copy.db'))
  await write(['b'])
  copyFileSync(join(root, 'copy.db'), join(folder, 'record.db'))
  await write(['other', 'others'], [])
  expect(await doubt()).toMatch(/^entry 2 of the record is not the one that .*head\.json has seen/)
})

test('a folder that is put back whole is known by the file outside it only', async () => {
  const outside = join(root, 'outside.head')
  await write(['a'], [file, outside])
  const [record, head] = [join(folder, 'record.db'), file].map((one) => readFileSync(one))
  await write(['b'], [file, outside])
  writeFileSync(join(folder, 'record.db'), record!)
  writeFileSync(file, head!)
  expect(await doubt()).toBeUndefined()
  expect(await doubt([file, outside])).toMatch(/outside\.head has seen entry 2/)
})

test('a record that is gone altogether is doubted', async () => {
  const outside = join(root, 'outside.head')
  await write(['a'], [outside])
  rmSync(folder, { recursive: true })
  expect(await doubt([outside])).toMatch(/^the record ends at entry 0, and .*outside\.head has seen entry 1/)
})

test('so is one whose head cannot be read, since nobody knows then', async () => {
  await write(['a'])
  writeFileSync(file, '{"seq":')
  expect(await doubt()).toMatch(/head\.json: it holds none/)
})

test('where nothing was witnessed nothing is doubted', async () => {
  await write(['a'], [])
  expect(await doubt()).toBeUndefined()
})

test('a file that cannot be written keeps no other from it, and is told', async () => {
  const record = await open()
  await record.commit(commitOf('a'))
  mkdirSync(join(root, 'taken', 'x'), { recursive: true })
  const keep = headKeeper(record, record.epoch, [join(root, 'taken'), file])
  await expect(keep()).rejects.toThrow(/cannot write the head of the record to .*taken/)
  expect(readHead(file)).toMatchObject({ seq: 1 })
  await record.close()
})

test('a head is read as it was written', () => {
  mkdirSync(folder)
  const head = { epoch: 3, seq: 9, chain: 'ab' }
  writeHead(file, head)
  expect(readHead(file)).toEqual(head)
  expect(readHead(join(root, 'none'))).toBeUndefined()
})
