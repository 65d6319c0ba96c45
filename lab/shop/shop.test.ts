import { createServer } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import { faults } from '../faults/registry.ts'
import { startLoad } from '../load/load.ts'
import { identityOf, isAlive, noted, signal } from '../processes.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { freeBasePort } from './ports.ts'
import { processOf } from './shim.ts'
import { clearLeftovers, startShop } from './shop.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lab-'))
})
afterEach(async () => {
  await clearLeftovers(dir, silentLog)
  rmSync(dir, { recursive: true })
})

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 5000; !(await holds()); await sleep(10)) {
    if (Date.now() > end) throw new Error(`it did not come to pass that ${what}`)
  }
}

test('users are served, feel a crash and a freeze, and are served again after a restart', async () => {
  const shop = await startShop({ dir, basePort: await freeBasePort(Math.random), log: silentLog })
  const load = startLoad({ url: shop.gatewayUrl, dir })
  const newest = (n: number): boolean[] =>
    load
      .requests()
      .slice(-n)
      .map(({ ok }) => ok)
  await until('fifty users in a row are served', () => newest(50).length === 50 && newest(50).every(Boolean))

  for (const name of ['crash', 'freeze']) {
    const fault = faults[name]!(randomFrom(3))
    await fault.inject(shop)
    await until(`users feel the ${name}`, () => newest(50).filter((ok) => !ok).length > 10)
    expect(await fault.present(shop)).toBe(true)
    await shop.instance(fault.truth.instance).restart('test')
    await until(`the ${name} is over`, async () => !(await fault.present(shop)))
    await until('fifty users in a row are served', () => newest(50).every(Boolean))
    await fault.undo(shop)
  }
  await load.stop()
  await shop.stop()
  expect([...noted(dir).keys()]).toEqual([])
}, 15_000)

test('what a killed lab left is ended by the next one, even an instance whose shim is dead and that stands still', async () => {
  const shop = await startShop({ dir, basePort: await freeBasePort(Math.random), log: silentLog })
  const instance = processOf((await shop.instance('web-1').state()).identity)!
  const shim = noted(dir).get('shim-web-1')!
  signal(shim, 'SIGKILL')
  signal(instance, 'SIGSTOP')

  await clearLeftovers(dir, silentLog)

  expect(isAlive(instance)).toBe(false)
  expect([...noted(dir).keys()]).toEqual([])
}, 15_000)

test('a process whose number was given out anew is not touched', () => {
  const me = identityOf(process.pid)!
  expect(signal({ ...me, startTime: '1' }, 'SIGKILL')).toBe(false)
  expect(signal({ ...me, bootId: 'another' }, 'SIGKILL')).toBe(false)
})

test('a taken port is refused with its number, who needs it, and what to do', async () => {
  const basePort = await freeBasePort(Math.random)
  const taken = createServer().listen(basePort + 1, '127.0.0.1')
  await until('the port is taken', () => taken.listening)
  await expect(startShop({ dir, basePort, log: silentLog })).rejects.toThrow(
    new RegExp(`port ${basePort + 1} on 127\\.0\\.0\\.1, which web-1 needs, is taken.*--base-port`),
  )
  taken.close()
})
