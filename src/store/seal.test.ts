import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { momentAt, newFolder } from '../../test/store/sample.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { Json } from '../lib/json.ts'
import { isSealed } from '../domain/sealed.ts'
import { backupRecord } from './backup.ts'
import { isOpenToOthers, readKeys, type Keys } from './keys.ts'
import { openReader } from './reader.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import { openBody } from './seal.ts'
import { verifyRecord } from './verify.ts'

const [OLD, NEW] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('hex')]
const SECRET = 'hunter2'

let folder: string
let record: OwnedRecord | undefined

beforeEach(() => {
  folder = newFolder()
})
afterEach(async () => {
  await record?.close()
  record = undefined
  rmSync(folder, { recursive: true })
})

function keys(...lines: string[]): Keys {
  const file = join(folder, 'keys')
  writeFileSync(file, `# of the record\n${lines.join('\n')}\n`, { mode: 0o600 })
  return readKeys(file)
}

async function open(with_?: Keys, at = 0): Promise<OwnedRecord> {
  await record?.close()
  const options = { folder, moment: () => momentAt(at), inProcess: true, synchronous: 'off', reserveBytes: 0 } as const
  record = await openRecord({ ...options, ...(with_ && { keys: with_ }) })
  return record
}

const capture = (password: string): EntryBody => ({
  kind: 'step-succeeded',
  step: 'change-config/capture',
  result: { values: { password } },
})

async function commit(body: EntryBody): Promise<void> {
  await record?.commit({ at: momentAt(0), entries: [{ body, run: 'run-1' }] })
}

function results(with_?: Keys): Promise<unknown[]> {
  const reader = openReader(folder, with_)
  return reader
    .entries({})
    .then((entries) => entries.flatMap(({ body }) => (body?.kind === 'step-succeeded' ? [body.result] : [])))
    .finally(() => reader.close())
}

test('what a capture found stands in no file, is read with its key, and is shown as encrypted without', async () => {
  await open(keys(OLD))
  await commit(capture(SECRET))
  expect(await record?.entries({})).toMatchObject([{ body: { result: { values: { password: SECRET } } } }])
  await record?.close()
  expect(readFileSync(join(folder, 'record.db')).includes(SECRET)).toBe(false)
  expect(await results(keys(OLD))).toEqual([{ values: { password: SECRET } }])
  const [sealed] = await results()
  expect(isSealed(sealed as Json)).toBe(true)
  expect(JSON.stringify(sealed)).not.toContain(SECRET)
})

test('the chain holds with and without the key, in a backup too', async () => {
  await open(keys(OLD))
  await commit(capture(SECRET))
  await commit(capture(SECRET))
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: 2 })
  const file = join(folder, 'backup.db')
  await backupRecord(folder, file)
  expect(readFileSync(file).includes(SECRET)).toBe(false)
  expect(verifyRecord(file).ok).toBe(true)
})

test('equal secrets have different digests: nobody can guess one', async () => {
  await open(keys(OLD))
  await commit(capture(SECRET))
  await commit(capture(SECRET))
  const [first, second] = (await record?.entries({})) ?? []
  expect(first?.digest).not.toBe(second?.digest)
})

test('the newest key writes, older ones go on reading', async () => {
  await open(keys(OLD))
  await commit(capture('first'))
  await open(keys(OLD, NEW))
  await commit(capture('second'))
  const passwords = async (with_: Keys): Promise<unknown[]> =>
    (await results(with_)).map((one) => (one as { values?: { password: string } }).values?.password)
  expect(await passwords(keys(OLD, NEW))).toEqual(['first', 'second'])
  expect(await passwords(keys(OLD))).toEqual(['first', undefined])
  expect(await passwords(keys(NEW))).toEqual([undefined, 'second'])
})

test('what is not what was written is not opened', async () => {
  await open(keys(OLD))
  await commit(capture(SECRET))
  const [sealed] = (await results()) as { data: string }[]
  const forged = Buffer.from(sealed?.data ?? '', 'base64')
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1
  const body = { ...capture(''), result: { ...sealed, data: forged.toString('base64') } } as EntryBody
  expect(openBody(body, keys(OLD))).toEqual(body)
})

test('snapshots go before the other bodies, and the chain still holds', async () => {
  const DAY_MS = 86_400_000
  const keep = { sealAfterEntries: 2, sealAfterMs: DAY_MS, keepPayloadsMs: 90 * DAY_MS, keepSnapshotsMs: 2 * DAY_MS }
  await open(keys(OLD))
  await commit(capture(SECRET))
  await commit({ kind: 'paged', about: 'run-1', reason: 'looked' })
  await record?.retain(keep)
  await open(keys(OLD), 3 * DAY_MS)
  expect(await record?.retain(keep)).toMatchObject({ prunedPayloads: 1 })
  const bodies = ((await record?.entries({})) ?? []).map(({ kind, body }) => [kind, body !== undefined])
  expect(bodies).toEqual([
    ['step-succeeded', false],
    ['paged', true],
    ['segment-sealed', true],
  ])
  expect(verifyRecord(folder).ok).toBe(true)
})

test('a key file says what it lacks, and who may read it, and never a key', () => {
  const file = join(folder, 'keys')
  expect(() => readKeys(join(folder, 'none'))).toThrow('cannot read the key file')
  writeFileSync(file, '# nothing\n')
  expect(() => readKeys(file)).toThrow('holds no key')
  writeFileSync(file, `${OLD}\n${SECRET}\n`)
  expect(() => readKeys(file)).toThrow(/^line 2 of the key file/)
  expect(() => readKeys(file)).not.toThrow(SECRET)
  chmodSync(file, 0o640)
  expect(isOpenToOthers(file)).toBe(false)
  chmodSync(file, 0o644)
  expect(isOpenToOthers(file)).toBe(true)
})
