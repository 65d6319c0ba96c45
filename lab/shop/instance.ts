import { appendFileSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { note } from '../processes.ts'
import { ailments, type Ailments } from './ailments.ts'
import { answerControl, type Page } from './control-page.ts'
import { crashLoopMark, crashLoopStrikes, type InstanceOptions } from './layout.ts'
import { metric } from './meter.ts'

/** What one kind of instance adds to the common part. */
export type Behaviour = {
  /** Its answer to users. */
  answer(request: IncomingMessage, response: ServerResponse): void
  /** Its own metrics, in the Prometheus text format. */
  metrics(): string
  /** The pages of its control protocol, by path. */
  readonly pages?: Readonly<Record<string, Page>>
  /** Faults that only this kind can have: what begins each. */
  readonly ailments?: Readonly<Record<string, () => void>>
  /** What the lab may know of it beside its metrics. */
  state?(): object
}

/** The options of this process: its one argument. */
export function instanceOptions(): InstanceOptions {
  return JSON.parse(process.argv[2] ?? '{}') as InstanceOptions
}

/**
 * Serves `/healthz`, `/metrics` and the behaviour's own paths until SIGTERM; `/lab` is the lab's. Kept to few imports,
 * so that a new instance answers soon after it was spawned.
 */
export function serve(options: InstanceOptions, behaviour: Behaviour): void {
  const ails = ailments(MEMORY_LIMIT_BYTES, behaviour.ailments)
  let connections = 0
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    if (path === '/healthz') return reply(response, 200, 'ok\n')
    if (path === '/metrics') return reply(response, 200, behaviour.metrics() + processMetrics(connections))
    if (path.startsWith('/lab')) return answerLab(request, response, ails, behaviour)
    const page = behaviour.pages?.[path]
    if (page) return answerControl(page, request, response)
    behaviour.answer(request, response)
  })
  server.on('connection', (socket) => {
    connections += 1
    socket.on('close', () => (connections -= 1))
  })
  // Longer than any client of the shop keeps an idle connection, so that no request is sent into a closing one.
  server.keepAliveTimeout = 60_000
  server.on('error', (error) => {
    logLine(options, 'error', `cannot serve on ${options.host}:${options.port}: ${error.message}`)
    process.exit(1)
  })
  server.listen(options.port, options.host, 1024, () => logLine(options, 'info', 'serving'))
  process.once('SIGTERM', () => {
    logLine(options, 'info', 'stopping')
    server.close(() => process.exit(0))
    server.closeAllConnections()
  })
  note(options.dir, options.instance, process.pid)
  dieWhenMarked(options)
}

/** `GET /lab`: what ails it, and what the lab may know; `POST /lab/NAME` begins an ailment. */
function answerLab(
  { url = '', method }: IncomingMessage,
  response: ServerResponse,
  ails: Ailments,
  behaviour: Behaviour,
): void {
  if (method === 'POST' && !ails.begin(url.replace('/lab/', ''))) return reply(response, 404, 'no such ailment\n')
  reply(response, 200, JSON.stringify({ ...behaviour.state?.(), ailments: ails.active() }))
}

export function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** One line of the instance's log, as JSON on standard output, which the shim keeps in a file. */
export function logLine(options: InstanceOptions, level: 'info' | 'warn' | 'error', message: string): void {
  const line = { time: new Date().toISOString(), level, service: options.service, instance: options.instance, message }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** What an instance may take; beyond most of it, it slows down as under a control group's `memory.high`. */
const MEMORY_LIMIT_BYTES = 320 * 1024 * 1024
const MEMORY_HIGH = 0.7

/** How hard memory presses, from 0 to 1. */
export function memoryPressure(): number {
  const share = process.memoryUsage.rss() / MEMORY_LIMIT_BYTES
  return Math.min(1, Math.max(0, (share - MEMORY_HIGH) / (1 - MEMORY_HIGH)))
}

function processMetrics(connections: number): string {
  const { user, system } = process.cpuUsage()
  return (
    metric('process_resident_memory_bytes', 'gauge', process.memoryUsage.rss()) +
    metric('process_cpu_seconds_total', 'counter', (user + system) / 1_000_000) +
    metric('shop_memory_limit_bytes', 'gauge', MEMORY_LIMIT_BYTES) +
    metric('shop_connections', 'gauge', connections)
  )
}

/** The fault `crash-loop`: a mark that is there at the start ends this process after so many milliseconds. */
function dieWhenMarked(options: InstanceOptions): void {
  const mark = crashLoopMark(options.dir, options.instance)
  const afterMs = Number(textOf(mark))
  if (!(afterMs > 0)) return
  setTimeout(() => {
    if (textOf(mark) === '') return
    appendFileSync(crashLoopStrikes(options.dir, options.instance), `${Date.now()}\n`)
    process.exit(1)
  }, afterMs)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
