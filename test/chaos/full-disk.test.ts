import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Entry } from '../../src/domain/entry.ts'
import { verifyRecord } from '../../src/store/verify.ts'
import { signalInstance } from '../../lab/faults/victim.ts'
import { effectsOn } from '../../lab/rounds/stage.ts'
import { canMount, openOnDisk, until, type Opened } from './disk.ts'

const WITHIN_MS = 150_000
/** A second fault is left alone for so long: three times what its detection takes. */
const LEFT_ALONE_MS = 10_000

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

/** Writes until nothing more fits; answers how to take it back. */
function fill(disk: string): () => void {
  const filler = join(disk, 'filler')
  const handle = openSync(filler, 'w')
  for (const chunk of [1 << 20, 4096]) {
    try {
      for (;;) writeSync(handle, Buffer.alloc(chunk))
    } catch {
      // ENOSPC: as full as this chunk makes it.
    }
  }
  closeSync(handle)
  return () => rmSync(filler)
}

/** With nothing to do Kintsugi does not run into the full disk, and says all the same that it could do nothing. */
async function expectHonestWhileIdle(disk: string, cli: Opened['cli']): Promise<void> {
  expect((await cli('get')).text).toMatch(/can write: lab:shop\/instance\/\*.* record OK/)
  const makeRoom = fill(disk)
  expect((await cli('get')).text).toMatch(/can write: nothing .*record NOT OK: .*Free some space/)
  makeRoom()
  await until('the room is seen', async () =>
    /can write: lab:shop\/instance\/\*.* record OK/.test((await cli('get')).text),
  )
}

const count = (entries: readonly Entry[], kind: Entry['kind']): number =>
  entries.filter((entry) => entry.kind === kind).length

test.skipIf(!canMount)(
  'on a disk made full in the middle of a repair, the repair ends on record, nothing new begins, and room alone mends it',
  { timeout: WITHIN_MS },
  async () => {
    const { disk, shop, kintsugi, reader, entries, cli, log } = await openOnDisk(closers)
    await expectHonestWhileIdle(disk, cli)
    await signalInstance(shop, 'api-1', 'SIGKILL')
    await until('api-1 restarted', async () =>
      (await entries()).some(({ body }) => body?.kind === 'step-succeeded' && body.step.endsWith('/apply')),
    )
    const makeRoom = fill(disk)
    expect(count(await entries(), 'run-ended')).toBe(0)
    const isFull = (): boolean => statfsSync(disk).bavail === 0
    expect(isFull()).toBe(true)

    // What is under way ends, and says so from the reserve.
    await until('the run ended', async () => count(await entries(), 'run-ended') === 1)
    expect(isFull()).toBe(true)
    expect((await reader.runs({}))[0]).toMatchObject({ outcome: 'healed' })
    expect((await reader.ledger('lab:shop/service/api')).locks).toEqual([])

    // What comes now is not acted on, and everybody who asks hears why.
    const [knownEffects, knownEntries] = [await effectsOn(shop), await entries()]
    await signalInstance(shop, 'web-1', 'SIGKILL')
    const leftAlone = sleep(LEFT_ALONE_MS)
    await until('the status says it', async () => !(await kintsugi.status()).record.ok)
    await leftAlone
    expect(await effectsOn(shop)).toEqual(knownEffects)
    expect(count(await entries(), 'run-started')).toBe(count(knownEntries, 'run-started'))
    expect(await shop.instance('web-1').serves(400)).toBe(false)
    const [listed, doctor] = await Promise.all([cli('get', 'runs'), cli('doctor')])
    expect(listed).toMatchObject({ code: 0, text: expect.stringMatching(/record NOT OK: .*Free some space/) })
    expect(listed.text).toContain('healed')
    expect(doctor.code).toBe(1)
    expect(doctor.text).toMatch(/record writable +BAD/)
    expect(doctor.text).toMatch(/disk +BAD +0 MiB free/)
    // Said once, not with every turn; and nothing is said to have happened that the record refused.
    expect(log().match(/Free some space/g)?.length).toBeLessThan(5)
    expect(log()).not.toMatch(/incident closed/)

    makeRoom()
    await until('web-1 healed', async () => {
      const [run] = await reader.runs({ limit: 1 })
      return run?.target === 'lab:shop/instance/web-1' && run.outcome === 'healed'
    })
    await until('all is quiet', async () => (await reader.openIncidents()).length === 0)
    expect(await kintsugi.status()).toMatchObject({ record: { ok: true } })
    expect((await effectsOn(shop)).map(({ instance }) => instance)).toEqual(['api-1', 'web-1'])
    expect(await kintsugi.stop()).toBe(0)
    expect(verifyRecord(disk)).toMatchObject({ ok: true, problems: [] })
  },
)
