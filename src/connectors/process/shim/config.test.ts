import { lstatSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { untilDead } from '../../../../test/processes.ts'
import { call, shimFolder, stateOf, untilState, type Answer, type ShimFolder } from '../../../../test/shims.ts'
import { until } from '../../../../test/worlds.ts'
import type { Spec } from '../../../domain/ports.ts'
import { configDocument } from './config.ts'
import { filesOf } from './files.ts'
import type { Manifest } from './schema.ts'
import type { Configuration } from './sections.ts'

let folder: ShimFolder
let file: string
beforeEach(() => {
  folder = shimFolder()
  file = join(folder.dir, 'settings')
})
afterEach(() => folder.close())

/** A server that reads its settings when it starts and on SIGHUP, and is ready while `broken` is not set. */
const reading = (port: string): string[] => [
  process.execPath,
  '-e',
  `
    const read = () => JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'))
    let settings = read()
    process.on('SIGHUP', () => { settings = read() })
    require('node:http').createServer((q, r) => {
      r.statusCode = settings.broken ? 500 : 200
      r.end(JSON.stringify(settings))
    }).listen(Number(process.argv[1]), '127.0.0.1')
  `,
  port,
  file,
]

async function running(
  settings: string,
  more: Partial<Configuration> = {},
): Promise<{ manifest: Manifest; shim: number }> {
  writeFileSync(file, settings, { mode: 0o640 })
  const { address } = await folder.manifest('web-1')
  const configuration = { file, reload: 'SIGHUP', ...more } as const
  const manifest = await folder.manifest('web-1', {
    address,
    command: reading(address.split(':')[1]!),
    configuration,
  })
  const shim = await folder.start(manifest)
  await untilState(manifest, (state) => state.ready)
  return { manifest, shim }
}

const socketOf = ({ dir, instance }: Manifest): string => join(dir, `${instance}.sock`)
const read = async (manifest: Manifest): Promise<Spec> =>
  (await call(socketOf(manifest), 'GET', '/config')).body as Spec
const patch = (manifest: Manifest, values: Spec['values'], ifRevision: string, key: string): Promise<Answer> =>
  call(socketOf(manifest), 'POST', '/config', { values, ifRevision, key })
const settingsOf = async ({ address }: Manifest): Promise<unknown> => (await fetch(`http://${address}/`)).json()

test('a change reaches the file whole, with the permissions it had, and the instance that runs', async () => {
  const { manifest } = await running('{ "pool": 10, "theme": "light" }')
  const { identity } = await stateOf(manifest)
  const { revision } = await read(manifest)
  await patch(manifest, { pool: 20, theme: null }, revision, 'k1')
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ pool: 20 })
  expect(statSync(file).mode & 0o777).toBe(0o640)
  expect(
    await until(
      () => settingsOf(manifest),
      (seen) => JSON.stringify(seen) === '{"pool":20}',
    ),
  ).toEqual({ pool: 20 })
  expect((await stateOf(manifest)).identity).toBe(identity)
})

test('an instance that has no use for the signal is not ended by it', async () => {
  writeFileSync(file, '{ "pool": 10 }')
  const manifest = await folder.manifest('web-1', {
    command: ['/bin/sleep', '600'],
    ready: 'none',
    configuration: { file, reload: 'SIGHUP' },
  })
  await folder.start(manifest)
  const { revision } = await read(manifest)
  expect(await patch(manifest, { pool: 20 }, revision, 'k1')).toMatchObject({ status: 200 })
  expect(await stateOf(manifest)).toMatchObject({ running: true })
  // The next order, and so all that came before it, has been done.
  expect(await patch(manifest, { pool: 20 }, revision, 'k1')).toMatchObject({ body: { repeated: true } })
  expect(await stateOf(manifest)).toMatchObject({ running: true })
})

test('a change by an editor is another revision, and one in its words only is none', async () => {
  const { manifest } = await running('{ "pool": 10 }')
  const { revision } = await read(manifest)
  writeFileSync(file, '{"pool":  10}')
  expect((await read(manifest)).revision).toBe(revision)
  writeFileSync(file, '{ "pool": 11 }')
  expect((await read(manifest)).revision).not.toBe(revision)
  expect(await patch(manifest, { pool: 20 }, revision, 'k1')).toMatchObject({ status: 409 })
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ pool: 11 })
})

test('a write is known by its key when the shim has been killed since', async () => {
  const { manifest, shim } = await running('{ "pool": 10 }')
  const { revision } = await read(manifest)
  await patch(manifest, { pool: 20 }, revision, 'k1')
  const after = await read(manifest)
  process.kill(shim, 'SIGKILL')
  await untilDead(shim)
  await folder.start(manifest)
  expect(await read(manifest)).toMatchObject({ revision: after.revision })
  expect(await patch(manifest, { pool: 20 }, revision, 'k1')).toMatchObject({ body: { repeated: true } })
})

test('what was ordered is told by the shim that follows, so that it looks like nobody else changed the file', async () => {
  const { manifest, shim } = await running('{ "pool": 10 }')
  const { revision } = await read(manifest)
  const told = async (): Promise<unknown> => (await call(socketOf(manifest), 'GET', '/changes')).body
  expect(await told()).toEqual({ changes: [] })
  await patch(manifest, { pool: 20 }, revision, 'k1')
  const before = await told()
  expect(before).toEqual({ changes: [{ key: 'k1', kind: 'config', at: expect.any(Number) }] })
  process.kill(shim, 'SIGKILL')
  await untilDead(shim)
  await folder.start(manifest)
  expect(await told()).toEqual(before)
})

test('a file that cannot be read is blindness, and is not written over', async () => {
  const { manifest } = await running('{ "pool": 10 }')
  const { revision } = await read(manifest)
  for (const text of ['{ "pool": ', '[1]', '"x"']) {
    writeFileSync(file, text)
    expect(await call(socketOf(manifest), 'GET', '/config')).toMatchObject({ status: 500 })
    expect(await patch(manifest, { pool: 20 }, revision, 'k1')).toMatchObject({ status: 500 })
    expect(readFileSync(file, 'utf8')).toBe(text)
  }
})

test('what stood there while the instance was well is told, also by the next shim, until something else was good', async () => {
  const { manifest } = await running('{ "pool": 10 }', { goodAfterMs: 200 })
  const good = async (): Promise<unknown> => (await read(manifest)).values['lastGood']
  expect(await until(good, (seen) => seen !== undefined)).toEqual({ pool: 10 })
  await patch(manifest, { broken: true }, (await read(manifest)).revision, 'k1')
  await untilState(manifest, (state) => !state.ready)
  expect(await read(manifest)).toMatchObject({ values: { pool: 10, broken: true, lastGood: { pool: 10 } } })

  await call(socketOf(manifest), 'POST', '/stop')
  await folder.start(manifest)
  await untilState(manifest, (state) => state.running)
  expect(await good()).toEqual({ pool: 10 })
  await patch(manifest, { broken: null, pool: 5 }, (await read(manifest)).revision, 'k2')
  expect(await until(good, (seen) => JSON.stringify(seen) === '{"pool":5}')).toEqual({ pool: 5 })
})

test('the age of the file is told', async () => {
  const { manifest } = await running('{}')
  utimesSync(file, 1_700_000_000, 1_700_000_000)
  expect(await stateOf(manifest)).toMatchObject({ configChangedAtMs: 1_700_000_000_000 })
})

/** The document in this process, on files whose writes may fail. */
function document(fails: () => boolean): ReturnType<typeof configDocument> {
  const files = filesOf({ dir: join(folder.dir, 'shim'), instance: 'web-1' })
  const save: typeof files.books.save = (name, text) => {
    if (fails()) throw new Error('killed')
    files.books.save(name, text)
  }
  return configDocument({
    configuration: { file },
    files: { ...files, books: { ...files.books, save } },
    tell: () => {},
    lastGood: () => undefined,
  })
}

test.each([[0], [1], [2]])(
  'a write that is cut off after %i steps and told again is the same as one',
  async (steps) => {
    writeFileSync(file, '{ "pool": 10 }')
    let left = steps
    const cut = document(() => left-- <= 0)
    const { revision } = await cut.read()
    const order = { values: { pool: 20 }, ifRevision: revision, key: 'k1' }
    await cut.patch(order).catch(() => {})
    const next = document(() => false)
    await next.patch(order)
    expect(await next.patch(order)).toMatchObject({ repeated: true })
    expect(next.values()).toEqual({ pool: 20 })
    expect((await next.read()).revision).toMatch(/-1$/)
  },
)

test('a file that is reached through a link is changed where it is', async () => {
  const real = join(folder.dir, 'real')
  writeFileSync(real, '{ "pool": 10 }')
  symlinkSync(real, file)
  const one = document(() => false)
  await one.patch({ values: { pool: 20 }, ifRevision: (await one.read()).revision, key: 'k' })
  expect(JSON.parse(readFileSync(real, 'utf8'))).toEqual({ pool: 20 })
  expect(lstatSync(file).isSymbolicLink()).toBe(true)
})
