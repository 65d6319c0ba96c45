import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isAlive, untilDead } from '../../../../test/processes.ts'
import {
  call,
  pidOf,
  serverOn,
  SHIM,
  shimFolder,
  stateOf,
  untilState,
  type Answer,
  type ShimFolder,
} from '../../../../test/shims.ts'
import type { Manifest, State } from './schema.ts'

let folder: ShimFolder
beforeEach(() => {
  folder = shimFolder()
})
afterEach(() => folder.close())

type Running = { manifest: Manifest; shim: number; first: State }

async function running(change: Partial<Manifest> = {}): Promise<Running> {
  const manifest = await folder.manifest('web-1', change)
  const shim = await folder.start(manifest)
  return { manifest, shim, first: await untilState(manifest, (state) => state.ready) }
}

const stubborn = async (): Promise<Partial<Manifest>> => {
  const { address } = await folder.manifest('web-1')
  return { address, command: serverOn(Number(address.split(':')[1]), 'stubborn') }
}
const socketOf = ({ dir, instance }: Manifest): string => join(dir, `${instance}.sock`)
const restart = (manifest: Manifest, body: object): Promise<Answer> =>
  call(socketOf(manifest), 'POST', '/restart', body)
const keysOf = (state: State): string[] => state.effects.map(({ key }) => key)

describe('an instance', () => {
  test('is known by boot, process and start time, and nothing of its environment is handed on', async () => {
    const { first, manifest } = await running({ env: { SECRET: 'not for the state file' } })
    const [boot, pid, startTime] = first.identity.split('/')
    expect(boot).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
    expect(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21]).toBe(startTime)
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)).toEqual([
      `PATH=${process.env['PATH']}`,
      'SECRET=not for the state file',
    ])
    expect(readFileSync(join(manifest.dir, 'web-1.json'), 'utf8')).not.toContain('SECRET')
  })

  test('that dies stays dead, and its shim says how it ended', async () => {
    const { first, manifest } = await running()
    process.kill(pidOf(first.identity), 'SIGKILL')
    const dead = await untilState(manifest, (state) => !state.running)
    expect(dead).toMatchObject({ identity: first.identity, ready: false, restarts: 0, exit: { signal: 'SIGKILL' } })
    await restart(manifest, { ifIdentity: first.identity, key: 'k' })
    expect(await untilState(manifest, (state) => state.ready)).toMatchObject({ restarts: 1, exit: null })
  })

  test('that is frozen is not ready, and is killed and replaced at once', async () => {
    const { first, manifest } = await running()
    process.kill(pidOf(first.identity), 'SIGSTOP')
    expect(await untilState(manifest, (state) => !state.ready)).toMatchObject({ running: true })
    const startedMs = performance.now()
    expect(await restart(manifest, { ifIdentity: first.identity, key: 'k', graceMs: 20_000 })).toMatchObject({
      status: 200,
    })
    await untilState(manifest, (state) => state.ready)
    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(isAlive(pidOf(first.identity))).toBe(false)
  })

  test('that ignores a polite signal is killed after its grace, or at once when forced', async () => {
    const { first, manifest } = await running(await stubborn())
    const politeMs = performance.now()
    await restart(manifest, { ifIdentity: first.identity, key: 'k1', graceMs: 300 })
    expect(performance.now() - politeMs).toBeGreaterThan(290)
    const second = await untilState(manifest, (state) => state.ready)
    expect(second.identity).not.toBe(first.identity)
    const forcedMs = performance.now()
    await restart(manifest, { ifIdentity: second.identity, key: 'k2', graceMs: 20_000, force: true })
    expect(performance.now() - forcedMs).toBeLessThan(2000)
  })

  test('takes its children with it', async () => {
    const parent = `
      const child = require('node:child_process').spawn('/bin/sleep', ['60'], { stdio: 'ignore' })
      console.log('child', child.pid)
      setInterval(() => {}, 1000)
    `
    const { first, manifest } = await running({ command: [process.execPath, '-e', parent], ready: 'none' })
    const log = join(manifest.dir, 'web-1.log')
    while (!/child \d+/.test(readFileSync(log, 'utf8'))) await sleep(5)
    const grandchild = Number(/child (\d+)/.exec(readFileSync(log, 'utf8'))?.[1])
    // The parent dies by itself: its child is left to whoever restarts.
    process.kill(pidOf(first.identity), 'SIGKILL')
    await untilState(manifest, (state) => !state.running)
    expect(isAlive(grandchild)).toBe(true)
    await restart(manifest, { ifIdentity: first.identity, key: 'k' })
    await untilDead(grandchild)
  })

  test('that only accepts connections can be asked that way too', async () => {
    const { first, manifest } = await running({ ready: { tcp: true } })
    // The kernel still accepts connections for a process that is stopped.
    process.kill(pidOf(first.identity), 'SIGSTOP')
    expect(await untilState(manifest, (state) => !state.ready)).toMatchObject({ running: true })
    process.kill(pidOf(first.identity), 'SIGKILL')
    expect(await untilState(manifest, (state) => !state.running)).toMatchObject({ ready: false })
  })
})

describe('a restart', () => {
  /** Starts a client that asks for a restart, and answers once the request has been sent. */
  async function asking(manifest: Manifest, body: object): Promise<ChildProcess> {
    const client = `
      const [socketPath, body] = process.argv.slice(1)
      const headers = { 'content-length': Buffer.byteLength(body) }
      require('node:http').request({ socketPath, method: 'POST', path: '/restart', headers })
        .on('error', () => {})
        .end(body, () => console.log('sent'))
    `
    const args = ['-e', client, socketOf(manifest), JSON.stringify(body)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    return child
  }
  const pendingKey = ({ dir }: Manifest): string | null =>
    (JSON.parse(readFileSync(join(dir, 'web-1.json'), 'utf8')) as { pending: string | null }).pending

  test('whose client is killed goes on, and the same key finds it done: one effect', async () => {
    const { first, manifest } = await running(await stubborn())
    const order = { ifIdentity: first.identity, key: 'run-1/apply', graceMs: 400 }
    const client = await asking(manifest, order)
    while (pendingKey(manifest) === null) await sleep(1)
    client.kill('SIGKILL')
    await once(client, 'exit')
    expect(await stateOf(manifest)).toMatchObject({ identity: first.identity, restarts: 0 })

    expect(await restart(manifest, order)).toMatchObject({ status: 200, body: { repeated: true } })
    const second = await stateOf(manifest)
    expect(second.identity).not.toBe(first.identity)
    expect(keysOf(second)).toEqual(['run-1/apply'])
  })

  test('in which the shim is killed is brought to its end by the next shim: one effect, and never two processes', async () => {
    const { first, manifest, shim } = await running(await stubborn())
    const order = { ifIdentity: first.identity, key: 'run-1/apply', graceMs: 20_000 }
    const client = await asking(manifest, order)
    while (pendingKey(manifest) === null) await sleep(1)
    process.kill(shim, 'SIGKILL')
    await once(client, 'exit')
    await untilDead(shim)
    expect(isAlive(pidOf(first.identity))).toBe(true)

    await folder.start(manifest)
    expect(isAlive(pidOf(first.identity))).toBe(false)
    expect(await restart(manifest, order)).toMatchObject({ status: 200, body: { repeated: true } })
    expect(keysOf(await untilState(manifest, (state) => state.ready))).toEqual(['run-1/apply'])
  })

  test('whose start fails is finished by the same key: one effect', async () => {
    const program = join(folder.dir, 'program')
    symlinkSync(process.execPath, program)
    const { address } = await folder.manifest('web-1')
    const [, ...args] = serverOn(Number(address.split(':')[1]))
    const { manifest, first } = await running({ address, command: [program, ...args] })
    const order = { ifIdentity: first.identity, key: 'run-1/apply' }
    rmSync(program)
    expect(await restart(manifest, order)).toMatchObject({
      status: 500,
      body: { error: expect.stringMatching(/cannot start.*ENOENT/) },
    })
    expect(await stateOf(manifest)).toMatchObject({ identity: first.identity, running: false, restarts: 0 })

    symlinkSync(process.execPath, program)
    expect(await restart(manifest, order)).toMatchObject({ status: 200, body: { repeated: false } })
    expect(keysOf(await untilState(manifest, (state) => state.ready))).toEqual(['run-1/apply'])
  })

  test('is remembered by its key when the shim has been killed since', async () => {
    const { first, manifest, shim } = await running()
    await restart(manifest, { ifIdentity: first.identity, key: 'k1' })
    process.kill(shim, 'SIGKILL')
    await untilDead(shim)
    await folder.start(manifest)
    const now = await untilState(manifest, (state) => state.ready)
    expect(await restart(manifest, { ifIdentity: first.identity, key: 'k1' })).toMatchObject({
      body: { repeated: true },
    })
    expect(await stateOf(manifest)).toMatchObject({ identity: now.identity, restarts: 1 })
  })

  test('of another process than the one there is refused', async () => {
    const { first, manifest } = await running()
    expect(await restart(manifest, { ifIdentity: 'boot/1/1', key: 'k' })).toEqual({
      status: 409,
      body: { error: `'web-1' is ${first.identity} now, not boot/1/1` },
    })
    expect(await stateOf(manifest)).toMatchObject({ identity: first.identity, restarts: 0 })
  })

  test('that cannot be meant is refused, and does nothing', async () => {
    const { manifest } = await running()
    const unreadable = [
      { key: 'no identity' },
      { ifIdentity: 'no key' },
      { ifIdentity: 'an empty key', key: '' },
      { ifIdentity: 'a field that nobody knows', key: 'k', signal: 'SIGHUP' },
      { ifIdentity: 'a grace without end', key: 'k', graceMs: 1e9 },
      ['a list'],
    ]
    for (const body of unreadable) expect(await restart(manifest, body)).toMatchObject({ status: 400 })
    expect(await restart(manifest, { ifIdentity: 'x'.repeat(20_000), key: 'k' })).toMatchObject({ status: 413 })
    expect(await call(socketOf(manifest), 'POST', '/kill-instance')).toMatchObject({ status: 404 })
    expect(await stateOf(manifest)).toMatchObject({ restarts: 0 })
  })
})

describe('a shim', () => {
  test('answers quickly while its instance does not', async () => {
    const { address } = await folder.manifest('web-1')
    const silent = `require('node:net').createServer(() => {}).listen(process.argv[1], '127.0.0.1')`
    const command = [process.execPath, '-e', silent, address.split(':')[1] ?? '']
    const manifest = await folder.manifest('web-1', { address, command })
    await folder.start(manifest)
    const startedMs = performance.now()
    expect(await stateOf(manifest)).toMatchObject({ running: true, ready: false })
    expect(performance.now() - startedMs).toBeLessThan(300)
  })

  test('refuses to be the second one of an instance, which goes on', async () => {
    const { first, manifest } = await running()
    await expect(folder.start(manifest)).rejects.toThrow(/another shim serves .*web-1\.sock/)
    expect((await stateOf(manifest)).identity).toBe(first.identity)
  })

  test('that was killed leaves its instance running; the next one replaces both', async () => {
    const { first, manifest, shim } = await running()
    process.kill(shim, 'SIGKILL')
    await untilDead(shim)
    expect((await fetch(`http://${manifest.address}/`)).status).toBe(200)
    await folder.start(manifest)
    const second = await untilState(manifest, (state) => state.ready)
    expect(second).toMatchObject({ restarts: 0 })
    expect(second.identity).not.toBe(first.identity)
    expect(isAlive(pidOf(first.identity))).toBe(false)
  })

  test('lives on with its instance when whoever started it is killed', async () => {
    const manifest = await folder.manifest('web-1')
    const file = join(manifest.dir, 'web-1.manifest')
    const starter = `
      const [shim, file, manifest] = process.argv.slice(1)
      require('node:fs').writeFileSync(file, manifest)
      const child = require('node:child_process').spawn(process.execPath, [shim, file], { detached: true, stdio: 'ignore' })
      console.log(child.pid)
      setInterval(() => {}, 1000)
    `
    const args = ['-e', starter, SHIM.pathname, file, JSON.stringify(manifest)]
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(parent.stdout, 'data')
    while (!existsSync(join(manifest.dir, 'web-1.json'))) await sleep(5)
    parent.kill('SIGKILL')
    await once(parent, 'exit')
    const state = await untilState(manifest, ({ ready }) => ready)
    await call(socketOf(manifest), 'POST', '/stop')
    await untilDead(pidOf(state.identity))
  })

  test.each([['POST /stop'], ['SIGTERM']])(
    'that is told %s ends its instance and itself, and leaves only the log',
    async (how) => {
      const { first, manifest, shim } = await running()
      if (how === 'SIGTERM') process.kill(shim, 'SIGTERM')
      else expect(await call(socketOf(manifest), 'POST', '/stop')).toMatchObject({ status: 200 })
      await untilDead(shim)
      expect(isAlive(pidOf(first.identity))).toBe(false)
      expect(readdirSync(manifest.dir).filter((name) => !name.endsWith('.manifest'))).toEqual(['web-1.log'])
    },
  )

  test.each<[string, Partial<Manifest> | { command: string }, RegExp]>([
    ['a program that is not there', { command: ['/no/such/program'] }, /cannot start '\/no\/such\/program'.*ENOENT/],
    ['a command for a shell', { command: 'rm -rf /' }, /cannot read the manifest.*command/s],
    ['a name that is a path', { service: '../web' }, /cannot read the manifest.*service/s],
    ['a field that nobody knows', { restartPolicy: 'always' } as object, /cannot read the manifest.*restartPolicy/s],
  ])('ends with a clear message on %s', async (_what, change, message) => {
    const manifest = await folder.manifest('web-1', change as Partial<Manifest>)
    await expect(folder.start(manifest)).rejects.toThrow(message)
  })
})
