import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLog } from '../../src/lib/log.ts'
import { startLoad, type Load } from '../load/load.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { freeBasePort } from '../shop/ports.ts'
import { clearLeftovers, startShop, type Shop } from '../shop/shop.ts'
import { faults } from './registry.ts'

/** Those of crashed and frozen processes are proven in `shop.test.ts`; the spike is last, since it leaves the most behind. */
const NAMES = [
  'full-disk',
  'bad-configuration',
  'slow-dependency',
  'flushed-cache',
  'exhausted-pool',
  'cpu-burn',
  'memory-leak',
  'traffic-spike',
]
/** A request in thirty: well above what a busy machine costs, well below what any fault does. */
const FELT = { failed: 20, of: 600 }

let dir = ''
let shop: Shop
let load: Load

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lab-'))
  shop = await startShop({ dir, basePort: await freeBasePort(Math.random), log: silentLog })
  load = startLoad({ url: shop.gatewayUrl, dir })
}, 30_000)
afterAll(async () => {
  await load.stop()
  await clearLeftovers(dir, silentLog)
  rmSync(dir, { recursive: true })
}, 30_000)

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !(await holds()); await sleep(20)) {
    if (Date.now() > end) throw new Error(`it did not come to pass that ${what}`)
  }
}

const areServed = (): boolean => {
  const newest = load.requests().slice(-100)
  return newest.length === 100 && newest.every(({ ok }) => ok)
}

/** One shop for all of them: what one leaves behind would be seen by the next. */
test.each(NAMES)(
  '%s is felt by users, is present while it is there, and is undone',
  async (name) => {
    const fault = faults[name]!(randomFrom(5))
    await until('users are served', areServed)
    expect(await fault.present(shop)).toBe(false)

    try {
      await fault.inject(shop)
      // What is reloaded by a signal is there a moment later.
      await until('it is there', () => fault.present(shop))
      const before = load.requests().length
      await until('users feel it', () => {
        const since = load.requests().slice(before).slice(-FELT.of)
        return since.filter(({ ok }) => !ok).length >= FELT.failed
      })
      expect(await fault.present(shop)).toBe(true)
    } finally {
      await fault.undo(shop)
      await fault.undo(shop)
    }
    await until('it is gone', async () => !(await fault.present(shop)))
  },
  60_000,
)
