import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callOwner } from '../api/client.ts'
import { socketPathIn } from '../api/socket.ts'
import { openRecord } from '../store/record.ts'
import { systemClock } from '../lib/clock.ts'
import { freePort } from '../../test/shims.ts'

const MAIN = resolve(import.meta.dirname, '../main.ts')
let folder: string
let child: ChildProcess

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kintsugi-fenced-'))
})
afterEach(() => {
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

test(
  'a server whose record another has taken over ends with 1 at its next word, and says why',
  { timeout: 60_000 },
  async () => {
    const port = await freePort()
    const [config, data] = [join(folder, 'kintsugi.yaml'), join(folder, 'data')]
    writeFileSync(config, `version: 1\nmode: shadow\nlisten: 127.0.0.1:${port}\n`)
    child = spawn(process.execPath, [MAIN, 'serve', '-c', config, '--data', data], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const said = text(child.stderr!)
    const exited = once(child, 'exit')
    while (!(await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok) await setTimeout(20)

    // The lock is lost, as on storage that two machines reach.
    rmSync(join(data, 'owner.db'))
    const clock = systemClock()
    const successor = await openRecord({ folder: data, moment: () => clock.moment() })
    try {
      const order = { by: 'ada', reason: 'a second owner', freeze: false }
      await expect(callOwner(socketPathIn(data)).pause(order)).rejects.toThrow('only the newest owner writes')
      const [exit] = await exited
      expect(exit).toBe(1)
      expect(await said).toContain('ownership 1 has ended, 2 has begun; only the newest owner writes')
    } finally {
      await successor.close()
    }
  },
)
