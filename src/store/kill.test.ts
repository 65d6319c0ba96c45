import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TerminalError } from '../domain/errors.ts'
import { commitOf, momentAt, newFolder } from '../../test/store/sample.ts'
import { backupRecord } from './backup.ts'
import { openReader } from './reader.ts'
import { openRecord } from './record.ts'
import { verifyRecord } from './verify.ts'

const COMMITTER = resolve(import.meta.dirname, '../../test/store/committer.ts')
const ROUNDS = 3
let folder: string
const children: ChildProcess[] = []

beforeEach(() => {
  folder = newFolder()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** Starts a process that commits, and waits until it has printed `lines` acknowledgements. */
async function committer(round: number, lines: number): Promise<{ child: ChildProcess; acknowledged: string[] }> {
  const child = spawn(process.execPath, [COMMITTER, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const acknowledged: string[] = []
  const reached = new Promise<void>((done, failed) => {
    child.once('exit', () => failed(new Error('the committer ended by itself')))
    createInterface({ input: child.stdout }).on('line', (line) => {
      acknowledged.push(line)
      if (acknowledged.length === lines) done()
    })
  })
  await reached
  return { child, acknowledged }
}

async function kill(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit')
  const closed = once(child, 'close')
  child.kill('SIGKILL')
  await closed
}

test('killed at any moment, the record has everything that was acknowledged, and its chain holds', async () => {
  const promised = new Map<number, string>()
  for (let round = 1; round <= ROUNDS; round++) {
    const { child, acknowledged } = await committer(round, 20 + 97 * round)
    await kill(child)
    expect(acknowledged.shift()).toBe(`open ${round}`)
    for (const line of acknowledged) promised.set(Number(line.split(' ')[0]), line.split(' ')[1] ?? '')

    const reader = openReader(folder)
    const entries = await reader.entries({})
    reader.close()
    const found = new Map(entries.map(({ seq, body }) => [seq, (body as { reason: string }).reason]))
    expect([...promised].filter(([seq, reason]) => found.get(seq) !== reason)).toEqual([])
    expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: entries.length })
  }
  expect(promised.size).toBeGreaterThan(20 * ROUNDS)
})

test('while one process owns a folder, another is told which; reading, verifying and a backup work', async () => {
  const { child } = await committer(1, 100)
  const open = () => openRecord({ folder, moment: () => momentAt(0), inProcess: true, reserveBytes: 0 })
  const refusal = await open().catch((thrown: unknown) => thrown)
  expect(refusal).toBeInstanceOf(TerminalError)
  expect((refusal as Error).message).toMatch(new RegExp(`process ${child.pid} on .* owns it; stop that process first`))

  expect(verifyRecord(folder)).toMatchObject({ ok: true, firstSeq: 1 })
  const copy = join(folder, 'backup.db')
  await backupRecord(folder, copy)
  await expect(backupRecord(folder, copy)).rejects.toThrow('the file exists')
  const checked = verifyRecord(copy)
  expect(checked.ok).toBe(true)
  expect(checked.entries).toBeGreaterThan(90)

  await kill(child)
  const record = await open()
  expect(record.epoch).toBe(2)
  await record.commit(commitOf('mine'))
  await record.close()
})
