import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { installed } from '../../../test/installed.ts'
import { TerminalError } from '../../domain/errors.ts'
import type { LogRecord } from '../../domain/log-record.ts'
import { systemClock } from '../../lib/clock.ts'
import { startSyslog, type SyslogOptions, type SyslogServer } from './syslog.ts'

let server: SyslogServer | undefined
let records: LogRecord[]
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function start(options: Partial<SyslogOptions> = {}): Promise<SyslogServer> {
  records = []
  const onRecord = (record: LogRecord): void => void records.push(record)
  server = await startSyslog({ host: '127.0.0.1', port: 0, clock: systemClock(), onRecord, ...options })
  return server
}

async function connected({ port }: SyslogServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

const texts = (): string[] => records.map(({ text }) => text)

test('messages come in by TCP and UDP, on one port', async () => {
  const { port } = await start()
  const socket = await connected(server!)
  socket.end('<11>Feb  5 17:32:18 web-1 web: by line\n30 <11>1 - web-1 web - - - by len')
  const udp = createSocket('udp4')
  udp.send('<11>1 - web-1 web - - - by datagram', port, '127.0.0.1')
  await expect.poll(() => texts().toSorted()).toEqual(['by datagram', 'by len', 'by line'])
  udp.close()
  expect(new Set(records.map(({ labels }) => JSON.stringify(labels)))).toEqual(
    new Set(['{"address":"127.0.0.1","hostname":"web-1","app":"web","facility":"user"}']),
  )
})

test
  .runIf(installed('logger', 'syslog from a real sender'))
  .each(['--rfc5424 --tcp', '--rfc5424 --tcp --octet-count', '--rfc5424 --udp', '--rfc3164 --tcp', '--rfc3164 --udp'])(
  'logger %s is understood',
  async (options) => {
    const { port } = await start()
    const args = [...options.split(' '), '-n', '127.0.0.1', '-P', String(port), '-t', 'shop', '-p', 'daemon.err']
    await promisify(execFile)('logger', [...args, 'no room left'])
    await expect.poll(texts).toEqual(['no room left'])
    expect(records[0]).toMatchObject({
      level: 'error',
      labels: { app: 'shop', facility: 'daemon', address: '127.0.0.1' },
    })
  },
)

test('what cannot be read is counted, and the connection goes on', async () => {
  const problems: string[] = []
  await start({ longestBytes: 100, onProblem: (problem) => problems.push(problem) })
  const socket = await connected(server!)
  socket.end(`GET / HTTP/1.1\n<13>${'x'.repeat(200)}\n<13>good\n`)
  await expect.poll(texts).toEqual(['good'])
  expect(server!.counts()).toMatchObject({
    messages: 1,
    refused: 2,
    reasons: ['a message has no priority such as <13>', 'a message is longer than 100 bytes'],
  })
  expect(problems[0]).toBe('1 messages refused (a message has no priority such as <13>), 0 came too quickly')
  expect(problems).toHaveLength(2)
})

test('a sender by TCP that is too quick waits, and loses nothing', async () => {
  await start({ messagesPerSecond: 500 })
  const socket = await connected(server!)
  const began = performance.now()
  const sent = 1000
  socket.end(Array.from({ length: sent }, (_, i) => `<13>${i} ${'x'.repeat(2000)}\n`).join(''))
  await expect.poll(() => records.length, { timeout: 10_000 }).toBe(sent)
  expect(performance.now() - began).toBeGreaterThan(500)
  expect(server!.counts()).toMatchObject({ messages: sent, refused: 0, dropped: 0 })
})

test('what comes too quickly by UDP is dropped and counted', async () => {
  const { port } = await start({ messagesPerSecond: 10 })
  const udp = createSocket('udp4')
  for (let i = 0; i < 100; i++) udp.send(`<13>${i}`, port, '127.0.0.1')
  await expect.poll(() => server!.counts().messages + server!.counts().dropped).toBe(100)
  udp.close()
  expect(server!.counts().messages).toBeLessThan(50)
})

test('there are no more connections than is said', async () => {
  await start({ mostConnections: 1 })
  const socket = await connected(server!)
  await once(connect(server!.port, '127.0.0.1'), 'close')
  socket.end('<13>a line without an end')
  await expect.poll(texts).toEqual(['a line without an end'])
})

test('a silent connection is closed', async () => {
  await start({ idleMs: 50 })
  await once(await connected(server!), 'close')
  await expect.poll(() => server!.counts().connections).toBe(0)
})

test('an address that is taken is said to be', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  await expect(start({ port })).rejects.toThrow(TerminalError)
  await expect(start({ port })).rejects.toThrow(`cannot listen for syslog on 127.0.0.1:${port}`)
  other.close()
})
