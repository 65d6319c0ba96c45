import { afterEach, expect, test } from 'vitest'
import { startControlServer, type ControlServer } from './control-server.ts'
import { truthOf, type FaultMaker } from './faults/fault.ts'
import type { UserRequest } from './load/protocol.ts'
import type { Shop } from './shop/shop.ts'
import type { FaultView, LabView } from './view.ts'

/** A fault whose harm is a word in a set, in a shop that is not asked for anything. */
const broken = new Set<string>()
const fault =
  (name: string, limitMs = 60_000): FaultMaker =>
  (random) => ({
    name,
    breaks: `breaks ${name}`,
    expected: 'healed',
    truth: truthOf(random() < 0.5 ? 'web-1' : 'web-2', 'web', { cause: 'c', heals: ['restart-instance'], harms: [] }),
    limitMs,
    inject: async () => void broken.add(name),
    present: async () => broken.has(name),
    strikes: () => [],
    undo: async () => void broken.delete(name),
  })

let server: ControlServer
afterEach(async () => {
  await server.close()
  broken.clear()
})

async function open(requests: readonly UserRequest[] = []): Promise<void> {
  server = await startControlServer({
    shop: {} as Shop,
    faults: { smoke: fault('smoke'), spark: fault('spark', 50) },
    requests: () => requests,
    random: () => 0.9,
    port: 0,
  })
}

const ask = (method: string, path: string, headers = {}): Promise<Response> =>
  fetch(`${server.url}${path}`, { method, headers })
const view = async (): Promise<LabView> => (await (await ask('GET', '/')).json()) as LabView
const seen = async (name: string): Promise<FaultView | undefined> =>
  (await view()).faults.find((one) => one.name === name)

test('what can be broken is told with what it breaks, what should come of it, and its time limit', async () => {
  await open()
  expect((await view()).faults[0]).toEqual({
    name: 'smoke',
    breaks: 'breaks smoke',
    expected: 'healed',
    heals: ['restart-instance'],
    limitMs: 60_000,
  })
})

test('an injected fault is present with the end of its time, until it is gone, however that came', async () => {
  await open()
  expect((await ask('POST', '/faults/smoke')).status).toBe(200)
  const there = (await seen('smoke'))?.injected
  expect(there).toMatchObject({ present: true, target: 'lab:shop/instance/web-2', service: 'lab:shop/service/web' })
  expect(there!.until - there!.at).toBe(60_000)
  expect(there).not.toHaveProperty('goneAt')

  broken.delete('smoke')
  const healed = (await seen('smoke'))?.injected
  expect(healed).toMatchObject({ present: false, goneAt: expect.any(Number) })
  expect(healed).not.toHaveProperty('undoneAt')
  expect((await seen('smoke'))?.injected?.goneAt).toBe(healed!.goneAt)
})

test('what is undone by hand says so, and cannot be undone again', async () => {
  await open()
  await ask('POST', '/faults/smoke')
  expect((await ask('DELETE', '/faults/smoke')).status).toBe(200)
  expect(broken).toEqual(new Set())
  expect((await seen('smoke'))?.injected).toMatchObject({ present: false, undoneAt: expect.any(Number) })
  expect((await ask('DELETE', '/faults/smoke')).status).toBe(400)
})

test('what outlives its time limit is taken back', async () => {
  await open()
  await ask('POST', '/faults/spark')
  await expect.poll(async () => (await seen('spark'))?.injected?.undoneAt).toEqual(expect.any(Number))
  expect(broken).toEqual(new Set())
})

test('what the users met is in the answer', async () => {
  const sentAt = Math.floor(Date.now() / 1000) * 1000 - 900
  await open([{ sentAt, ms: 20, ok: true }])
  expect((await view()).users).toMatchObject({ servedWithinMs: 500, now: { perSecond: 0.2, failedShare: 0 } })
})

test('a web page may break nothing, and what is no fault is refused with the names there are', async () => {
  await open()
  expect((await ask('POST', '/faults/smoke', { origin: 'http://elsewhere' })).status).toBe(403)
  expect(broken).toEqual(new Set())
  const refused = await ask('POST', '/faults/constructor')
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('it has smoke, spark')])
})
