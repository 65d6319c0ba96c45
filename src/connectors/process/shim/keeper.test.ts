import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive } from '../../../../test/processes.ts'
import { pidOf } from '../../../../test/shims.ts'
import { filesOf, type Files } from './files.ts'
import { keep } from './keeper.ts'
import type { Manifest } from './schema.ts'

let manifest: Manifest
let dir: string
/** Real files on a disk that is full when the test says so. */
let files: Files & { full: (kept: Parameters<Files['save']>[0]) => boolean }

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'keeper-'))
  const about = { namespace: 'shop', service: 'web', instance: 'web-1', address: '127.0.0.1:1', dependsOn: [] }
  manifest = { ...about, command: ['/bin/sleep', '60'], ready: 'none', dir }
  const real = filesOf(manifest)
  files = {
    ...real,
    full: () => false,
    save: (kept) => {
      if (files.full(kept)) throw new Error('no space left on device')
      real.save(kept)
    },
  }
})
afterEach(() => rmSync(dir, { recursive: true }))

const order = (ifIdentity: string, key: string) => ({ ifIdentity, key, graceMs: 0, force: true })
const end = { graceMs: 0, force: true }

test('a restart whose beginning cannot be written is not begun', async () => {
  const keeper = await keep(manifest, files, 'boot')
  const { identity } = await keeper.state()
  files.full = () => true
  await expect(keeper.restart(order(identity, 'k'))).rejects.toThrow('no space left')
  expect(await keeper.state()).toMatchObject({ identity, running: true, restarts: 0 })
  files.full = () => false
  expect(await keeper.restart(order(identity, 'k'))).toMatchObject({ repeated: false })
  await keeper.stop(end)
})

test('a restart whose end cannot be written is not answered until it can, and is one effect', async () => {
  const keeper = await keep(manifest, files, 'boot')
  const { identity } = await keeper.state()
  files.full = ({ pending }) => pending === null
  await expect(keeper.restart(order(identity, 'k'))).rejects.toThrow('no space left')
  await expect(keeper.restart(order(identity, 'k'))).rejects.toThrow('no space left')
  files.full = () => false
  expect(await keeper.restart(order(identity, 'k'))).toMatchObject({ repeated: true })
  expect(files.load()?.effects.map(({ key }) => key)).toEqual(['k'])
  expect(await keeper.state()).toMatchObject({ running: true, restarts: 1 })
  await keeper.stop(end)
})

test('an instance that cannot be noted down is not left running', async () => {
  let identity = ''
  files.full = (kept) => Boolean((identity = kept.identity))
  await expect(keep(manifest, files, 'boot')).rejects.toThrow('no space left')
  expect(isAlive(pidOf(identity))).toBe(false)
})

test('nothing is restarted, and no file written, once it is being stopped', async () => {
  const keeper = await keep(manifest, files, 'boot')
  const { identity } = await keeper.state()
  await keeper.restart(order(identity, 'k'))
  const stopped = keeper.stop(end)
  await expect(keeper.restart(order(identity, 'k'))).rejects.toThrow("'web-1' is being stopped")
  await stopped
  expect(files.load()).toBeUndefined()
})

test('a state file that no shim wrote is an error, and starts nothing', async () => {
  appendFileSync(join(dir, 'web-1.json'), '{"pending":')
  await expect(keep(manifest, files, 'boot')).rejects.toThrow(SyntaxError)
})

test('a log that grew too large is cut, keeping what came last beside it', () => {
  files.note('small')
  files.trimLog()
  expect(readFileSync(files.log, 'utf8')).toContain('small')
  appendFileSync(files.log, 'x'.repeat(9 * 1024 * 1024))
  files.trimLog()
  expect([statSync(files.log).size, statSync(`${files.log}.1`).size > 9e6]).toEqual([0, true])
})
