import { connect, type Socket } from 'node:net'
import type { LoadPlan, LoadResult } from './lib/load.ts'
import { percentile } from './lib/percentile.ts'

/*
 * The load generator: requests written out beforehand, raw sockets, one request at a time on each connection. Started by
 * `lib/load.ts` with the plan as its argument; sends its result to its parent and ends.
 */

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan

/** As a rule of kube-prometheus makes it: seven labels, two annotations, some 550 bytes. */
function alertOf(n: number): object {
  const pod = `checkout-${plan.series}-${n}`
  return {
    labels: {
      alertname: 'KubePodCrashLooping',
      cluster: 'eu-west-1',
      container: 'server',
      job: 'kube-state-metrics',
      namespace: 'shop',
      pod,
      severity: 'warning',
    },
    annotations: {
      description: `Pod shop/${pod} (server) is in waiting state (reason: "CrashLoopBackOff").`,
      summary: 'Pod is crash looping.',
    },
    startsAt: '2026-11-21T08:56:27.234Z',
    generatorURL:
      'http://prometheus:9090/graph?g0.expr=max_over_time%28kube_pod_container_status_waiting_reason%5B5m%5D%29+%3E%3D+1&g0.tab=1',
  }
}

function requestOf(first: number): Buffer {
  const count = Math.min(plan.batch, plan.alerts - first)
  const body = Buffer.from(JSON.stringify(Array.from({ length: count }, (_, n) => alertOf(first + n))))
  const head = `POST ${plan.path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

const requests = Array.from({ length: Math.ceil(plan.alerts / plan.batch) }, (_, n) => requestOf(n * plan.batch))
const latencies: number[] = []
const statuses: Record<string, number> = {}
let next = 0

/** Resolves when a connection has nothing more to send. */
function work(socket: Socket, began: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sentAt = 0
    let answer: Buffer | undefined
    const send = (): void => {
      const n = next++
      const request = requests[n]
      if (!request) return resolve()
      const dueAt = plan.spreadMs === undefined ? 0 : began + (n * plan.spreadMs) / requests.length
      const now = performance.now()
      // Late is late: an alert that had to wait for a free connection has waited since it was due.
      sentAt = Math.max(dueAt, plan.spreadMs === undefined ? now : dueAt)
      if (dueAt > now) setTimeout(() => socket.write(request), dueAt - now)
      else socket.write(request)
    }
    socket.on('data', (chunk) => {
      answer = answer ? Buffer.concat([answer, chunk]) : chunk
      const status = wholeAnswer(answer)
      if (status === undefined) return
      answer = undefined
      latencies.push(performance.now() - sentAt)
      statuses[status] = (statuses[status] ?? 0) + 1
      send()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed the connection')))
    send()
  })
}

/** The status of an answer that is here to its last byte. */
function wholeAnswer(answer: Buffer): string | undefined {
  const end = answer.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = answer.toString('latin1', 0, end)
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1])
  if (Number.isNaN(length)) throw new Error(`an answer without a length: ${head}`)
  return answer.length >= end + 4 + length ? head.slice(9, 12) : undefined
}

const sockets = await Promise.all(
  Array.from(
    { length: plan.connections },
    () =>
      new Promise<Socket>((resolve, reject) => {
        const socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true }, () => resolve(socket))
        socket.once('error', reject)
      }),
  ),
)
const began = performance.now()
await Promise.all(sockets.map((socket) => work(socket, began)))
const tookMs = performance.now() - began
for (const socket of sockets) socket.removeAllListeners('close').destroy()
const result: LoadResult = {
  tookMs,
  p50Ms: percentile(latencies, 50),
  p99Ms: percentile(latencies, 99),
  maxMs: percentile(latencies, 100),
  statuses,
}
process.send?.(result)
process.disconnect()
