import { appendFileSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { note } from '../processes.ts'
import { crashLoopMark, crashLoopStrikes, type InstanceOptions } from './layout.ts'

/** What one kind of instance adds to the common part: its answer to users, and its own metrics. */
export type Behaviour = {
  answer(request: IncomingMessage, response: ServerResponse): void
  /** Lines in the Prometheus text format. */
  metrics(): string
}

/** The options of this process: its one argument. */
export function instanceOptions(): InstanceOptions {
  return JSON.parse(process.argv[2] ?? '{}') as InstanceOptions
}

/**
 * Serves `/healthz`, `/metrics` and the behaviour's own paths until SIGTERM. Kept to few imports, so that a new
 * instance answers some 50 ms after it was spawned.
 */
export function serve(options: InstanceOptions, behaviour: Behaviour): void {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return reply(response, 200, 'ok\n')
    if (request.url === '/metrics') return reply(response, 200, behaviour.metrics() + processMetrics())
    behaviour.answer(request, response)
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

export function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** One line of the instance's log, as JSON on standard output, which the shim keeps in a file. */
export function logLine(options: InstanceOptions, level: 'info' | 'warn' | 'error', message: string): void {
  const line = { time: new Date().toISOString(), level, service: options.service, instance: options.instance, message }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** One metric in the Prometheus text format. */
export function metric(name: string, type: 'counter' | 'gauge', value: number): string {
  return `# TYPE ${name} ${type}\n${name} ${value}\n`
}

function processMetrics(): string {
  const { user, system } = process.cpuUsage()
  return (
    metric('process_resident_memory_bytes', 'gauge', process.memoryUsage.rss()) +
    metric('process_cpu_seconds_total', 'counter', (user + system) / 1_000_000)
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
