import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../src/lib/log.ts'
import { note } from './processes.ts'
import { openSession } from './session.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('what an earlier lab left is ended and removed; what is not its own stays', async () => {
  const shop = join(dir, 'round-001', 'shop')
  mkdirSync(shop, { recursive: true })
  mkdirSync(join(dir, 'round-002'))
  writeFileSync(join(dir, 'notes.txt'), 'mine')
  const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await once(left, 'spawn')
  note(shop, 'load', left.pid ?? 0)
  const ended = once(left, 'exit')

  const session = await openSession(dir, silentLog)

  await ended
  expect(existsSync(join(dir, 'round-001'))).toBe(false)
  expect(existsSync(join(dir, 'round-002'))).toBe(true)
  expect(existsSync(join(dir, 'notes.txt'))).toBe(true)
  await session.close()
})

test('a folder in which another lab works is refused', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  await once(other, 'spawn')
  note(dir, 'lab', other.pid ?? 0)
  await expect(openSession(dir, silentLog)).rejects.toThrow(new RegExp(`another lab \\(process ${other.pid}\\)`))
  const ended = once(other, 'exit')
  other.kill()
  await ended
})
