import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { commitOf, momentAt, newFolder } from '../../test/store/sample.ts'
import { openReader } from './reader.ts'
import { openRecord, type OwnedRecord } from './record.ts'
import { verifyRecord } from './verify.ts'

const COMMITTER = resolve(import.meta.dirname, '../../test/store/committer.ts')
const REST_MS = '200'
const TRIES = 5

const folder = newFolder()
let child: ChildProcess | undefined
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

const open = (): Promise<OwnedRecord> =>
  openRecord({ folder, moment: () => momentAt(0), inProcess: true, reserveBytes: 0 })

async function reasons(): Promise<string[]> {
  const reader = openReader(folder)
  const entries = await reader.entries({})
  reader.close()
  return entries.map(({ body }) => (body as { readonly reason: string }).reason)
}

test('an owner that is stopped keeps its lock; where the lock is lost, it writes nothing once it goes on', async () => {
  const old = spawn(process.execPath, [COMMITTER, folder, '1', REST_MS], { stdio: ['ignore', 'pipe', 'pipe'] })
  child = old
  const lastWords = text(old.stderr)
  await once(old.stdout, 'data')
  old.stdout.resume()

  const stop = async (): Promise<void> => {
    await sleep(Number(REST_MS) / 2)
    old.kill('SIGSTOP')
  }
  await stop()
  await expect(open()).rejects.toThrow(`process ${old.pid}`)

  // As with a copy on other storage. One that was stopped in the middle of a commit keeps the next one out all the same.
  rmSync(join(folder, 'owner.db'))
  let next: OwnedRecord | undefined
  for (let tries = 0; !next && tries < TRIES; tries++) {
    next = await open().catch(() => undefined)
    if (next) break
    old.kill('SIGCONT')
    await stop()
  }
  if (!next) throw new Error('the successor never got in')
  await next.commit(commitOf('mine'))
  const known = await reasons()

  const ended = once(old, 'exit')
  old.kill('SIGCONT')
  expect((await ended)[0]).not.toBe(0)
  expect(await lastWords).toContain('only the newest owner writes')
  expect(await reasons()).toEqual(known)
  await next.commit(commitOf('mine still'))
  await next.close()
  expect(verifyRecord(folder)).toMatchObject({ ok: true, entries: known.length + 1 })
}, 60_000)
