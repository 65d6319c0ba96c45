import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { at, healed, tell, WEB, WEB_1 } from '../../test/fixtures/incidents.ts'
import { listeningOperator } from '../../test/fixtures/operator.ts'
import { quickRecord } from '../../test/fixtures/record.ts'
import { RecordUnwritableError, TerminalError, UsageError } from '../domain/errors.ts'
import type { NewEntry } from '../domain/entry.ts'
import type { Operator } from '../domain/operator.ts'
import { silentLog } from '../lib/log.ts'
import type { OwnedRecord } from '../store/record.ts'
import { callOwner, NoOwnerError } from './client.ts'
import { socketPathIn } from './socket.ts'
import { type ApiDeps, type RunningApi, startApi } from './start.ts'

let folder: string
let socketPath: string
let record: OwnedRecord
const open: { close(): unknown }[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'api-'))
  socketPath = socketPathIn(folder)
  record = await quickRecord(folder)
})

afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
  await record.close()
  rmSync(folder, { recursive: true })
})

async function start(operator: Operator, different: Partial<ApiDeps> = {}): Promise<RunningApi> {
  const metrics = async (): Promise<string> => 'kintsugi_turns_total 12\n'
  const api = await startApi({ operator, reader: record, metrics, socketPath, log: silentLog, ...different })
  open.push(api)
  return api
}

async function startOnPort(operator: Operator): Promise<string> {
  const { port } = await start(operator, { listen: { host: '127.0.0.1', port: 0 } })
  return `http://127.0.0.1:${port}`
}

describe('the unix socket', () => {
  test('is for its owner only', async () => {
    await start(listeningOperator())
    expect(statSync(socketPath).mode & 0o777).toBe(0o600)
  })

  test('answers the status as the operator gave it', async () => {
    const operator = listeningOperator({ seen: { mode: 'live', canWrite: ['lab:shop/instance/*'] } })
    await start(operator)
    expect(await callOwner(socketPath).status({})).toEqual(await operator.status())
  })

  test('hands every order to the operator once, as it was given', async () => {
    const operator = listeningOperator()
    await start(operator)
    const owner = callOwner(socketPath)
    const order = { by: 'ann', reason: 'kernel update' }
    await owner.pause({ ...order, freeze: true })
    await owner.resume(order)
    await owner.hold({ ...order, target: 'lab:shop/instance/web-1', forMs: 60_000 })
    await owner.release({ ...order, subject: 'run-1' })
    await owner.reload({})
    await owner.wake({})
    expect(operator.heard).toEqual([
      { pause: { ...order, freeze: true } },
      { resume: order },
      { hold: { ...order, target: 'lab:shop/instance/web-1', forMs: 60_000 } },
      { release: { ...order, subject: 'run-1' } },
      { reload: { by: 'local' } },
      'wake',
    ])
  })

  test('reads incidents, runs and entries out of the record', async () => {
    await tell(record, healed)
    await start(listeningOperator())
    const owner = callOwner(socketPath)
    const { items, next } = await owner.incidents({ limit: 10, state: 'all' })
    const [incident, ...others] = items
    expect(next).toBeUndefined()
    expect(others).toEqual([])
    expect(incident).toMatchObject({ id: 'inc-1', status: 'resolved', endedBy: 'kintsugi' })
    const story = await owner.incident({ id: 'inc-1' })
    expect(story.incident).toEqual(incident)
    expect(story.entries).toEqual(await record.entries({ incident: 'inc-1' }))
    expect((await owner.run({ id: 'run-1' })).run).toMatchObject({ outcome: 'healed' })
    const page = await owner.record({ after: 2, limit: 3, order: 'oldest' })
    expect(page.next).toBe('5')
    expect(page.items.map(({ seq }) => seq)).toEqual([3, 4, 5])
  })

  test('reads one run out of several, and an incident of any length', async () => {
    await tell(record, healed)
    const [incident, run] = ['inc-1', 'run-2']
    const row = { run, incident, plan: 'plan-2', owner: WEB, target: WEB_1 }
    const page: NewEntry = { incident, run, body: { kind: 'paged', about: run, reason: 'again' } }
    const entries = Array.from({ length: 1500 }, () => page)
    await record.commit({ at: at(9000), entries, writes: [{ do: 'open-run', row }] })
    await start(listeningOperator())
    const owner = callOwner(socketPath)
    expect((await owner.run({ id: 'run-1' })).run).toMatchObject({ run: 'run-1', outcome: 'healed' })
    expect((await owner.run({ id: 'run-2' })).entries).toHaveLength(1500)
    expect((await owner.incident({ id: incident })).entries).toEqual(await record.entries({ incident }))
  })

  test('throws at the caller what the operator threw', async () => {
    const refuse = (error: Error) => async (): Promise<void> => {
      throw error
    }
    await start(
      listeningOperator({
        release: refuse(new UsageError('nothing there is held')),
        resume: refuse(new RecordUnwritableError('the disk is full')),
      }),
    )
    const owner = callOwner(socketPath)
    const order = { by: 'ann', reason: 'done' }
    await expect(owner.release({ ...order, subject: 'run-1' })).rejects.toThrow(new UsageError('nothing there is held'))
    await expect(owner.release({ ...order, subject: 'run-1' })).rejects.toBeInstanceOf(UsageError)
    await expect(owner.resume(order)).rejects.toBeInstanceOf(RecordUnwritableError)
    await expect(owner.run({ id: 'run-9' })).rejects.toThrow("the record knows no run 'run-9'")
  })

  test('refuses orders that say too little, and the operator never hears them', async () => {
    const operator = listeningOperator()
    await start(operator)
    const owner = callOwner(socketPath)
    const order = { by: 'ann', reason: 'done' }
    await expect(owner.pause({ by: 'ann', reason: ' ', freeze: false })).rejects.toThrow(/reason/)
    await expect(owner.hold({ ...order, target: 'web-1' as never, forMs: 60_000 })).rejects.toThrow(/target/)
    await expect(owner.hold({ ...order, target: 'lab:shop/instance/web-1', forMs: 0 })).rejects.toThrow(/forMs/)
    await expect(owner.record({ limit: 100_000, order: 'oldest' })).rejects.toBeInstanceOf(UsageError)
    expect(operator.heard).toEqual([])
  })

  test('without an owner the client says so, and how to start one', async () => {
    await expect(callOwner(socketPath).status({})).rejects.toThrow(/no Kintsugi runs .* kintsugi serve/)
    await expect(callOwner(socketPath).status({})).rejects.toBeInstanceOf(NoOwnerError)
  })

  test('gets an id in the path only, and whole', async () => {
    const urls: unknown[] = []
    const server = createServer((request, response) => {
      urls.push(request.url)
      response.end('{"items":[]}')
    })
    await new Promise<void>((done) => server.listen(socketPath, done))
    open.push({ close: () => new Promise((done) => server.close(done)) })
    await expect(callOwner(socketPath).run({ id: '../x?y' })).rejects.toThrow()
    await callOwner(socketPath).record({ after: 3, limit: 4, order: 'newest' })
    expect(urls).toEqual(['/api/v1/runs/..%2Fx%3Fy', '/api/v1/record?after=3&limit=4&order=newest'])
  })

  test('of a living owner is never taken, and the error names its process', async () => {
    await start(listeningOperator())
    const second = start(listeningOperator())
    await expect(second).rejects.toBeInstanceOf(TerminalError)
    await expect(second).rejects.toThrow(new RegExp(`process ${process.pid} `))
    expect(await callOwner(socketPath).status({})).toMatchObject({ mode: 'shadow' })
  })

  test('of a dead owner is replaced', async () => {
    await leaveStaleSocket(socketPath)
    expect(existsSync(socketPath)).toBe(true)
    await start(listeningOperator())
    expect(await callOwner(socketPath).status({})).toMatchObject({ mode: 'shadow' })
  })

  test('never replaces a file that is no socket', async () => {
    writeFileSync(socketPath, 'precious')
    await expect(start(listeningOperator())).rejects.toThrow(/a file of that name is there/)
    expect(existsSync(socketPath)).toBe(true)
  })

  test('is gone once the owner has closed', async () => {
    const api = await start(listeningOperator())
    await api.close()
    expect(existsSync(socketPath)).toBe(false)
  })

  test('says why where the folder cannot be written', async () => {
    const missing = join(folder, 'none', 'kintsugi.sock')
    await expect(start(listeningOperator(), { socketPath: missing })).rejects.toThrow(/check that the data folder/)
    const long = join(folder, 'x'.repeat(120))
    await expect(start(listeningOperator(), { socketPath: long })).rejects.toThrow(/shorter path/)
  })
})

describe('the port', () => {
  test('says that it is healthy, ready, and how it counts', async () => {
    const base = await startOnPort(listeningOperator())
    for (const path of ['/healthz', '/-/healthy', '/readyz', '/-/ready']) {
      expect((await fetch(base + path)).status, path).toBe(200)
    }
    const metrics = await fetch(`${base}/metrics`)
    expect(metrics.headers.get('content-type')).toContain('version=0.0.4')
    expect(await metrics.text()).toBe('kintsugi_turns_total 12\n')
  })

  test('is not ready before the first turn of the loop, nor with a record that cannot be used', async () => {
    const early = await startOnPort(listeningOperator({ seen: { loop: { turnMs: 0, lagMs: 0, turns: 0 } } }))
    const answer = await fetch(`${early}/readyz`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({ status: 503, detail: expect.stringContaining('not looked') })
    expect((await fetch(`${early}/healthz`)).status).toBe(200)
    await open.pop()?.close()
    const broken = await startOnPort(
      listeningOperator({ seen: { record: { ok: false, seq: 1, problem: 'disk full' } } }),
    )
    expect((await fetch(`${broken}/-/ready`)).status).toBe(503)
  })

  test('wakes and reloads, whatever a webhook brings along, but not for a web page', async () => {
    const operator = listeningOperator()
    const base = await startOnPort(operator)
    const body = JSON.stringify({ alerts: [{ status: 'firing' }] })
    const post = (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(base + path, { method: 'POST', ...init })
    expect((await post('/-/wake')).status).toBe(200)
    expect((await post('/-/wake', { body, headers: { 'content-type': 'application/json' } })).status).toBe(200)
    expect((await post('/-/reload')).status).toBe(200)
    expect((await post('/-/wake', { headers: { origin: 'http://evil.example' } })).status).toBe(403)
    expect(operator.heard).toEqual(['wake', 'wake', { reload: { by: 'local' } }])
  })

  test('a bad configuration is told to whoever asked for the reload', async () => {
    const reload = async (): Promise<void> => {
      throw new UsageError('kintsugi.yaml:3:1: unknown key')
    }
    const answer = await fetch(`${await startOnPort(listeningOperator({ reload }))}/-/reload`, { method: 'POST' })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ detail: 'kintsugi.yaml:3:1: unknown key' })
  })

  test('every error is a problem document with strict headers', async () => {
    const base = await startOnPort(listeningOperator())
    const tooMuch = { method: 'POST', body: 'x'.repeat(2 << 20), headers: { 'content-type': 'text/plain' } }
    const answers = await Promise.all([
      fetch(`${base}/nowhere?secret=1`),
      fetch(`${base}/healthz`, { method: 'DELETE' }),
      fetch(`${base}/-/wake`, tooMuch),
    ])
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 413])
    for (const answer of answers) {
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(await answer.json()).toMatchObject({ type: expect.stringMatching(/^urn:/), detail: expect.any(String) })
    }
  })

  test('even what is no HTTP gets a problem document', async () => {
    const base = new URL(await startOnPort(listeningOperator()))
    expect(await rawAnswer(Number(base.port), 'NONSENSE\r\n\r\n')).toMatch(/400 .*problem\+json.*urn:kintsugi/s)
    expect(await rawAnswer(Number(base.port), 'GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1.1 4.*problem\+json/s,
    )
  })

  test('that is taken is named with its holder, and the socket is given back', async () => {
    const other = await listenAnywhere()
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const listen = { host: '127.0.0.1', port }
    const failed = start(listeningOperator(), { listen })
    await expect(failed).rejects.toBeInstanceOf(TerminalError)
    await expect(failed).rejects.toThrow(new RegExp(`127.0.0.1:${port}: process ${process.pid} .*listen:`))
    expect(existsSync(socketPath)).toBe(false)
  })
})

/** What a killed owner leaves: a socket file that refuses. */
async function leaveStaleSocket(path: string): Promise<void> {
  const hidden = `${path}.live`
  const server = createServer()
  await new Promise<void>((done) => server.listen(hidden, done))
  const { linkSync } = await import('node:fs')
  linkSync(hidden, path)
  chmodSync(path, 0o600)
  await new Promise((done) => server.close(done))
}

async function listenAnywhere(): Promise<Server> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  open.push({ close: () => new Promise((done) => server.close(done)) })
  return server
}

function rawAnswer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()))
    socket.on('error', reject)
  })
}
