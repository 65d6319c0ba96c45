import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { messageOf, TerminalError } from '../../domain/errors.ts'
import type { LogRecord } from '../../domain/log-record.ts'
import type { Clock } from '../../lib/clock.ts'
import { createFraming } from './syslog-frames.ts'
import { syslogReader } from './syslog-message.ts'

export type SyslogOptions = {
  readonly host: string
  /** 0: any that is free. The same for TCP and UDP. */
  readonly port: number
  readonly clock: Clock
  readonly onRecord: (record: LogRecord) => void
  /** Told what is not taken in, and why: at the first time, and whenever it has become twice as much. */
  readonly onProblem?: (problem: string) => void
  /** Connections at once; more are closed. */
  readonly mostConnections?: number
  /** Of one message. */
  readonly longestBytes?: number
  /** Beyond, TCP is read later (the sender waits), and what comes by UDP is dropped. */
  readonly messagesPerSecond?: number
  /** After this silence a connection is closed. */
  readonly idleMs?: number
}

/** What became of everything that was sent. Reasons of refusal are the newest few. */
export type SyslogCounts = {
  readonly messages: number
  readonly refused: number
  readonly reasons: readonly string[]
  /** Came by UDP faster than is taken in. */
  readonly dropped: number
  readonly connections: number
}

export type SyslogServer = { readonly port: number; counts(): SyslogCounts; close(): Promise<void> }

const DEFAULTS = { mostConnections: 256, longestBytes: 64 * 1024, messagesPerSecond: 20_000, idleMs: 3_600_000 }
const REFILL_MS = 100
const KEEP_ALIVE_MS = 60_000
const KEPT_REASONS = 5

/**
 * Takes syslog in over TCP and UDP, on one port: RFC 5424 and RFC 3164, framed as RFC 6587 says. What cannot be read is
 * refused for itself, and the connection goes on.
 *
 * @throws TerminalError where the address cannot be listened on
 */
export async function startSyslog(options: SyslogOptions): Promise<SyslogServer> {
  const { host, port, clock, onRecord, onProblem, ...limits } = { ...DEFAULTS, ...options }
  const read = syslogReader()
  const counts = { messages: 0, refused: 0, reasons: [] as string[], dropped: 0 }
  let tellAt = 1
  const complain = (): void => {
    if (counts.refused + counts.dropped < tellAt) return
    tellAt *= 2
    onProblem?.(`${counts.refused} messages refused (${counts.reasons.join('; ')}), ${counts.dropped} came too quickly`)
  }
  const refuse = (reason: string): void => {
    counts.refused += 1
    if (!counts.reasons.includes(reason)) counts.reasons = [...counts.reasons, reason].slice(-KEPT_REASONS)
    complain()
  }
  const drop = (): void => {
    counts.dropped += 1
    complain()
  }
  const allowance = allowanceOf(limits.messagesPerSecond, clock)
  const take = (message: Buffer, address: string): void => {
    allowance.spend()
    const record = read(message.toString().trimEnd(), address, clock.now())
    if (typeof record === 'string') return refuse(record)
    counts.messages += 1
    onRecord(record)
  }

  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(socket, limits, take, refuse)
    if (allowance.isSpent()) socket.pause()
  })
  tcp.maxConnections = limits.mostConnections
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4', (message, { address }) => {
    if (allowance.isSpent()) drop()
    else take(message, plainAddress(address))
  })
  const bound = await listen(tcp, udp, host, port)
  udp.on('error', (thrown) => refuse(messageOf(thrown)))
  allowance.onChange((isSpent) => {
    for (const socket of sockets) socket[isSpent ? 'pause' : 'resume']()
  })
  return {
    port: bound,
    counts: () => ({ ...counts, connections: sockets.size }),
    close: async () => {
      allowance.close()
      for (const socket of sockets) socket.destroy()
      await Promise.all([closed(tcp), closed(udp)])
    },
  }
}

function serve(
  socket: Socket,
  { longestBytes, idleMs }: { readonly longestBytes: number; readonly idleMs: number },
  take: (message: Buffer, address: string) => void,
  onRefused: (reason: string) => void,
): void {
  const address = plainAddress(socket.remoteAddress ?? '')
  const framing = createFraming({ onMessage: (message) => take(message, address), onRefused, longestBytes })
  socket.on('data', (bytes: Buffer) => framing.push(bytes))
  socket.once('end', () => framing.end())
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  socket.setTimeout(idleMs, () => socket.destroy())
  // Whoever breaks a connection off is no trouble of ours.
  socket.on('error', () => socket.destroy())
}

type Allowance = {
  spend(): void
  isSpent(): boolean
  onChange(tell: (isSpent: boolean) => void): void
  close(): void
}

/** So many a second, of which a second's worth may come at once. */
function allowanceOf(perSecond: number, clock: Clock): Allowance {
  let left = perSecond
  let tell: (isSpent: boolean) => void = () => {}
  const ended = new AbortController()
  const refill = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(REFILL_MS, ended.signal)
      const wasSpent = left <= 0
      left = Math.min(perSecond, left + (perSecond * REFILL_MS) / 1000)
      if (wasSpent && left > 0) tell(false)
    }
  }
  void refill()
  return {
    spend: () => {
      left -= 1
      if (left <= 0 && left > -1) tell(true)
    },
    isSpent: () => left <= 0,
    onChange: (told) => (tell = told),
    close: () => ended.abort(),
  }
}

async function listen(tcp: Server, udp: UdpSocket, host: string, port: number): Promise<number> {
  try {
    await once(tcp.listen({ host, port }), 'listening')
    const bound = (tcp.address() as AddressInfo).port
    udp.bind(bound, host)
    await once(udp, 'listening')
    return bound
  } catch (cause) {
    await Promise.all([closed(tcp), closed(udp)])
    throw new TerminalError(`cannot listen for syslog on ${host}:${port}: is another program there?`, { cause })
  }
}

function closed(socket: Server | UdpSocket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(() => resolve())
    } catch {
      // It was not open.
      resolve()
    }
  })
}

function plainAddress(address: string): string {
  return address.replace(/^::ffff:/, '')
}
