import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort, pidOf, shimFolder, type ShimFolder } from '../../test/shims.ts'
import { callOwner } from '../api/client.ts'
import { socketPathIn } from '../api/socket.ts'
import type { Status } from '../domain/operator.ts'
import { openReader } from '../store/reader.ts'

const MAIN = resolve(import.meta.dirname, '../main.ts')

/** What one of the test's own servers was asked for. */
type Asked = { readonly method: string; readonly body: string }

let folder: string
let base: string
let port: number
let shims: ShimFolder
const started: ChildProcess[] = []
const servers: Server[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kintsugi-self-'))
  shims = shimFolder()
  port = await freePort()
  base = `http://127.0.0.1:${port}`
})
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
  await shims.close()
  rmSync(folder, { recursive: true })
})

const data = (): string => join(folder, 'data')
const config = (): string => join(folder, 'kintsugi.yaml')

function kintsugi(...argv: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'ignore'] })
  started.push(child)
  return child
}

async function serve(): Promise<ChildProcess> {
  const child = kintsugi('serve', '-c', config(), '--data', data())
  child.stdout?.resume()
  await until(async () => (await fetch(`${base}/readyz`).catch(() => undefined))?.ok === true)
  return child
}

async function run(...argv: readonly string[]): Promise<{ readonly exit: number | null; readonly out: string }> {
  const child = kintsugi(...argv)
  const exited = once(child, 'close') as Promise<[number | null]>
  const out = await text(child.stdout!)
  const [exit] = await exited
  return { exit, out }
}

const status = (): Promise<Status> => callOwner(socketPathIn(data())).status({})

async function until(isSo: () => Promise<boolean> | boolean, withinMs = 20_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await isSo()); await setTimeout(50)) {
    if (Date.now() > end) throw new Error(`was not so within ${withinMs} ms: ${isSo.toString()}`)
  }
}

/** A server that takes everything, and what it was asked. */
async function taker(): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      asked.push({ method: request.method ?? '', body })
      response.end('ok')
    })
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked }
}

async function post(alertname: string): Promise<number> {
  const body = JSON.stringify([{ labels: { alertname } }])
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${base}/api/v2/alerts`, { method: 'POST', body, headers })).status
}

async function entriesOf(kind: 'not-run' | 'ailing' | 'recovered' | 'run-ended'): Promise<unknown[]> {
  const reader = openReader(data())
  try {
    return (await reader.entries({ kinds: [kind] })).map(({ body }) => body)
  } finally {
    reader.close()
  }
}

test(
  'without its watchdog it holds what it would mend, and sends no heartbeat; with it, both',
  { timeout: 90_000 },
  async () => {
    const web = await shims.manifest('web-1')
    await shims.start(web)
    // An instance that is Kintsugi itself, as far as its address goes.
    const self = { service: 'kintsugi', address: `127.0.0.1:${port}`, ready: 'none' as const }
    await shims.start(await shims.manifest('kintsugi-1', self))
    const heart = await taker()
    writeFileSync(
      config(),
      `version: 1
mode: live
profile: lab
listen: 127.0.0.1:${port}
connectors: { lab: { type: process, dir: ${shims.dir} } }
probes: [{ name: up, target: "lab:shop/instance/web-*", http: { path: /healthz } }]
sources: { alertmanager: { url: "http://127.0.0.1:1", readSilences: false, watchdog: { alert: Dog, staleAfter: 3s } } }
heartbeat: { url: "${heart.url}", every: 500ms }
policies:
  - name: down
    condition: up == 0
    target: lab:shop/instance/*
    ladder: [restart-instance, page]
    autonomy: auto
    allowIrreversible: [restart-instance]
`,
    )
    await serve()
    const own = 'lab:shop/instance/kintsugi-1'
    expect((await status()).self?.footing.map(({ target }) => target)).toEqual([own, 'lab:shop/service/kintsugi'])
    await until(async () => ((await status()).self?.ailments.length ?? 0) > 0)
    const beats = heart.asked.length

    killInstance(web.instance)
    await until(async () => (await entriesOf('not-run')).length > 0)
    expect(JSON.stringify(await entriesOf('not-run'))).toContain("no alert 'Dog' within 3s")
    await setTimeout(2000)
    expect(await entriesOf('run-ended')).toEqual([])
    expect(heart.asked.length - beats).toBeLessThanOrEqual(1)

    const barking = new AbortController()
    const bark = async (): Promise<void> => {
      while (!barking.signal.aborted) {
        expect(await post('Dog')).toBe(200)
        await setTimeout(500)
      }
    }
    const barked = bark()
    await until(async () => (await entriesOf('run-ended')).length > 0)
    barking.abort()
    await barked
    expect(await entriesOf('run-ended')).toMatchObject([{ outcome: 'healed' }])
    expect(await entriesOf('recovered')).toHaveLength(1)
    expect((await callOwner(socketPathIn(data())).alerts({})).items).toEqual([])
    expect(heart.asked.length).toBeGreaterThan(beats + 1)
    expect(heart.asked.every(({ method }) => method === 'GET')).toBe(true)
  },
)

/** kill -9 of the process that a shim cares for. */
function killInstance(instance: string): void {
  const { identity } = JSON.parse(readFileSync(join(shims.dir, `${instance}.json`), 'utf8')) as { identity: string }
  process.kill(pidOf(identity), 'SIGKILL')
}

test(
  'a witness tells that another one is well, stopped, goes on, is killed, and has an older record',
  { timeout: 90_000 },
  async () => {
    writeFileSync(config(), `version: 1\nlisten: 127.0.0.1:${port}\nrecord: { headFile: head }\n`)
    let child = await serve()
    const copy = join(folder, 'copy.db')
    expect((await run('record', 'backup', copy, '-c', config(), '--data', data())).exit).toBe(0)
    for (const name of ['a', 'b']) expect(await post(name)).toBe(200)

    const hook = await taker()
    const found: string[] = []
    const watching = kintsugi('watch', base, '--every', '1s', '-o', 'json', '--notify', hook.url)
    watching.stdout?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trim().split('\n'))
        found.push((JSON.parse(line) as { finding: string }).finding)
    })
    const finds = (what: string, from = found.length): Promise<void> => until(() => found.slice(from).includes(what))
    await finds('well')
    child.kill('SIGSTOP')
    await finds('unreachable')
    child.kill('SIGCONT')
    await finds('well')
    child.kill('SIGKILL')
    await finds('unreachable')
    expect((await run('watch', base, '--once')).exit).toBe(5)

    expect((await run('record', 'restore', copy, '-c', config(), '--data', data(), '--replace')).exit).toBe(0)
    const before = found.length
    child = await serve()
    await finds('record-replaced', before)
    await finds('frozen', before)
    expect((await run('watch', base, '--once')).exit).toBe(3)
    const told = hook.asked.map(({ body }) => (JSON.parse(body) as { finding: string }).finding)
    expect(told).toEqual(['unreachable', 'well', 'unreachable', 'record-replaced', 'frozen'])
    watching.kill()

    // A backup that is copied in by hand has no freeze on it.
    const resumed = callOwner(socketPathIn(data())).resume({ reason: 'looked', by: 'ada' })
    expect(await resumed).toBeDefined()
    await until(async () => (await status()).pause === undefined)
    for (const name of ['c', 'd', 'e']) expect(await post(name)).toBe(200)
    child.kill('SIGTERM')
    await once(child, 'close')
    copyFileSync(copy, join(data(), 'record.db'))
    await serve()
    expect((await status()).pause).toMatchObject({
      freeze: true,
      by: 'kintsugi',
      reason: expect.stringMatching(/^the record ends at entry \d+, and .* has seen entry \d+: it was put back/),
    })
  },
)

test(
  'more than may wait is answered 503, to be sent again; a limit on memory holds everything',
  { timeout: 60_000 },
  async () => {
    writeFileSync(config(), `version: 1\nlisten: 127.0.0.1:${port}\nlimits: { self: { memory: 16MiB, queue: 1 } }\n`)
    await serve()
    await until(async () => ((await status()).self?.ailments.length ?? 0) > 0)
    expect((await status()).self?.ailments).toMatchObject([
      { what: expect.stringMatching(/^memory is at \d+ MiB, beyond its limit of 16 MiB/) },
    ])
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => post(`a-${i}`)))
    expect(new Set(answers)).toEqual(new Set([200, 503]))
    const { out } = await run('status', '-c', config(), '--data', data())
    expect(out).toContain('NOT WELL: memory is at')
  },
)
