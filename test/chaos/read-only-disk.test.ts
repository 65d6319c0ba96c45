import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Entry } from '../../src/domain/entry.ts'
import { openReader } from '../../src/store/reader.ts'
import { verifyRecord } from '../../src/store/verify.ts'
import { signalInstance } from '../../lab/faults/victim.ts'
import { effectsOn } from '../../lab/rounds/stage.ts'
import { canMount, openOnDisk, until } from './disk.ts'
import { serve } from './kintsugi.ts'

const WITHIN_MS = 150_000
const LEFT_ALONE_MS = 5000

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const applied = (entries: readonly Entry[]): boolean =>
  entries.some(({ body }) => body?.kind === 'step-succeeded' && body.step.endsWith('/apply'))

/**
 * The kernel makes no disk read-only under a file that is open for writing, unless the disk itself fails: so Kintsugi is
 * killed in the middle of a repair, as with its machine, and comes back to a disk that was mounted read-only.
 */
test.skipIf(!canMount)(
  'killed in the middle of a repair and started on a disk that has become read-only: it says so and touches nothing, and ends the run once it can write',
  { timeout: WITHIN_MS },
  async () => {
    const { place, disk, shop, kintsugi, reader, entries } = await openOnDisk(closers)
    const mounted = (how: 'ro' | 'rw'): void => void execFileSync('mount', ['-o', `remount,${how}`, disk])
    await signalInstance(shop, 'api-1', 'SIGKILL')
    await until('api-1 restarted', async () => applied(await entries()))
    expect(await kintsugi.kill()).toEqual([])
    reader.close()
    mounted('ro')

    const known = await effectsOn(shop)
    await signalInstance(shop, 'web-1', 'SIGKILL')
    const refused = serve(place)
    closers.push(() => refused.kill())
    await until('it gives up', async () => refused.lost() !== undefined)
    expect(refused.lost()).toMatch(/read-only|its disk refuses/)
    await sleep(LEFT_ALONE_MS)
    expect(await effectsOn(shop)).toEqual(known)
    expect(known.map(({ instance }) => instance)).toEqual(['api-1'])

    mounted('rw')
    const next = serve(place)
    closers.push(() => next.kill())
    await next.untilReady()
    const read = openReader(disk)
    closers.push(() => read.close())
    await until('both are healed', async () => {
      const runs = await read.runs({})
      return ['api-1', 'web-1'].every((name) =>
        runs.some(({ target, outcome }) => target === `lab:shop/instance/${name}` && outcome === 'healed'),
      )
    })
    await until('all is quiet', async () => (await read.openIncidents()).length === 0)
    expect((await effectsOn(shop)).map(({ instance }) => instance)).toEqual(['api-1', 'web-1'])
    expect(await next.stop()).toBe(0)
    expect(verifyRecord(disk)).toMatchObject({ ok: true, problems: [] })
  },
)
