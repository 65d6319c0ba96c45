import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, untilDead } from '../../../../test/processes.ts'
import { call, pidOf, shimFolder, stateOf, untilState, type Answer, type ShimFolder } from '../../../../test/shims.ts'
import type { Manifest } from './schema.ts'

let folder: ShimFolder
beforeEach(() => {
  folder = shimFolder()
})
afterEach(() => folder.close())

async function standingBy(change: Partial<Manifest> = {}): Promise<{ manifest: Manifest; shim: number }> {
  const manifest = await folder.manifest('web-3', { standby: true, ...change })
  return { manifest, shim: await folder.start(manifest) }
}

const socketOf = ({ dir, instance }: Manifest): string => join(dir, `${instance}.sock`)
const want = (manifest: Manifest, running: boolean, ifRevision: string, key: string): Promise<Answer> =>
  call(socketOf(manifest), 'POST', '/replica', { values: { running }, ifRevision, key })

test('an instance that stands by is not started, nor restarted, until it is asked for', async () => {
  const { manifest } = await standingBy()
  expect(await stateOf(manifest)).toMatchObject({ running: false, ready: false, wanted: false, identity: '' })
  const early = await call(socketOf(manifest), 'POST', '/restart', { ifIdentity: '', key: 'k' })
  expect(early).toMatchObject({ status: 409, body: { error: expect.stringContaining('stands by') } })

  expect(await want(manifest, true, '0', 'k1')).toEqual({ status: 200, body: { revision: '1', repeated: false } })
  const first = await untilState(manifest, (state) => state.ready)
  await call(socketOf(manifest), 'POST', '/restart', { ifIdentity: first.identity, key: 'k2' })
  const second = await untilState(manifest, (state) => state.ready)
  expect(second).toMatchObject({ wanted: true, restarts: 1 })
  expect(second.identity).not.toBe(first.identity)
})

test('an instance that is sent away has time to leave, stays away, and can be asked for again', async () => {
  const leaving = `
    process.on('SIGTERM', () => setTimeout(() => { console.log('left in order'); process.exit(0) }, 50))
    require('node:http').createServer((q, r) => r.end('ok')).listen(Number(process.argv[1]), '127.0.0.1')
  `
  const { address } = await folder.manifest('web-3')
  const command = [process.execPath, '-e', leaving, address.split(':')[1]!]
  const { manifest } = await standingBy({ address, command })
  await want(manifest, true, '0', 'k1')
  const { identity } = await untilState(manifest, (state) => state.ready)
  expect(await want(manifest, false, '1', 'k2')).toMatchObject({ status: 200 })
  expect(isAlive(pidOf(identity))).toBe(false)
  expect(readFileSync(join(manifest.dir, 'web-3.log'), 'utf8')).toContain('left in order')
  expect(await stateOf(manifest)).toMatchObject({ running: false, wanted: false })
  // A restart that was decided on before it was sent away does not bring it back.
  const late = await call(socketOf(manifest), 'POST', '/restart', { ifIdentity: identity, key: 'k3' })
  expect(late.status).toBe(409)
  await want(manifest, true, '2', 'k4')
  expect((await untilState(manifest, (state) => state.ready)).identity).not.toBe(identity)
})

test('a crash does not send it away, nor does the death of its shim, and no order is lost', async () => {
  const { manifest, shim } = await standingBy()
  await want(manifest, true, '0', 'k1')
  const { identity } = await untilState(manifest, (state) => state.ready)
  process.kill(pidOf(identity), 'SIGKILL')
  expect(await untilState(manifest, (state) => !state.running)).toMatchObject({ wanted: true, identity })
  expect(await want(manifest, true, '0', 'k1')).toMatchObject({ body: { repeated: true } })
  expect(await stateOf(manifest)).toMatchObject({ running: false })

  process.kill(shim, 'SIGKILL')
  await untilDead(shim)
  const next = await folder.start(manifest)
  expect(await untilState(manifest, (state) => state.ready)).toMatchObject({ wanted: true })
  expect(await want(manifest, true, '0', 'k1')).toMatchObject({ body: { revision: '1', repeated: true } })

  await want(manifest, false, '1', 'k2')
  process.kill(next, 'SIGKILL')
  await untilDead(next)
  await folder.start(manifest)
  expect(await stateOf(manifest)).toMatchObject({ running: false, wanted: false })
})

test('what is killed with its shim while it is sent away is gone with the next shim', async () => {
  const { address } = await folder.manifest('web-3')
  const stubborn = `
    process.on('SIGTERM', () => console.log('asked to go'))
    require('node:http').createServer((q, r) => r.end('ok')).listen(Number(process.argv[1]), '127.0.0.1')
  `
  const command = [process.execPath, '-e', stubborn, address.split(':')[1]!]
  const { manifest, shim } = await standingBy({ address, command })
  await want(manifest, true, '0', 'k1')
  const { identity } = await untilState(manifest, (state) => state.ready)
  const cut = want(manifest, false, '1', 'k2').catch(() => 'cut off')
  await untilState(manifest, (state) => !state.wanted)
  process.kill(shim, 'SIGKILL')
  expect(await cut).toBe('cut off')
  await folder.start(manifest)
  expect(isAlive(pidOf(identity))).toBe(false)
  expect(await want(manifest, false, '1', 'k2')).toMatchObject({ body: { repeated: true } })
})

test('one that always runs cannot be sent away', async () => {
  const manifest = await folder.manifest('web-1')
  await folder.start(manifest)
  expect(await want(manifest, false, '0', 'k1')).toMatchObject({ status: 404 })
})
