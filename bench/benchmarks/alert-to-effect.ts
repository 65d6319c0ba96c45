import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'
import { runLoad } from '../lib/load.ts'
import { percentile } from '../lib/percentile.ts'
import { startKintsugi } from '../lib/server.ts'
import { standIns, type StandIns } from '../lib/stand-ins.ts'

const ALERTS = 100
/** What a started Kintsugi does for the first time takes some three times as long. */
const WARM_UP = 5
const EVERY_MS = 60
const OTHERS_PER_SECOND = 5000
const WITHIN_MS = 10_000
const AGENT = new Agent({ keepAlive: true })

const METHOD =
  'from the first byte of POST /api/v2/alerts to the restart coming in at a stand-in for a shim: a named policy on the alert, gates open, everything durable; each alert about an instance of its own; after five that warm up'

export const alertToEffect: Bench = {
  about: 'one received alert to its first effect: at rest, and under 5,000 other alerts a second',
  async run(say) {
    say('alert-to-effect at rest')
    const atRest = await measured(async () => {})
    say(`alert-to-effect under ${OTHERS_PER_SECOND} alerts/s`)
    const underLoad = await measured((port) => others(port))
    return [...figuresOf('at rest', atRest, 0), ...figuresOf('under load', underLoad, OTHERS_PER_SECOND)]
  },
}

function figuresOf(when: string, latencies: readonly number[], others: number): Figure[] {
  return [50, 99].map((p) => ({
    name: `alert-to-effect ${when} p${p}`,
    value: rounded(percentile(latencies, p)),
    unit: 'ms',
    higherIsBetter: false,
    method: METHOD,
    settings: { alerts: ALERTS, everyMs: EVERY_MS, othersPerSecond: others },
  }))
}

/** The latencies of all alerts, on a fresh server; `beside` is what else it has to do meanwhile. */
async function measured(beside: (port: number) => Promise<unknown>): Promise<number[]> {
  const dir = mkdtempSync(join(tmpdir(), 'kintsugi-bench-'))
  const shims = join(dir, 'shims')
  mkdirSync(shims)
  const instances = await standIns(shims, WARM_UP + ALERTS)
  try {
    const server = await startKintsugi(configOf(shims))
    try {
      // Until everything has been seen once.
      await sleep(2000)
      await latenciesOf(server.port, instances, instances.names.slice(0, WARM_UP))
      const busy = beside(server.port)
      await sleep(1000)
      const latencies = await latenciesOf(server.port, instances, instances.names.slice(WARM_UP))
      await busy
      return latencies
    } finally {
      await server.close()
    }
  } finally {
    await instances.close()
    rmSync(dir, { recursive: true })
  }
}

function configOf(shims: string): string {
  return `mode: live
profile: lab
connectors: { bench: { type: process, dir: ${JSON.stringify(shims)} } }
alertTargets: [{ match: { namespace: bench, instance: ".+" }, target: "bench:{namespace}/instance/{instance}" }]
limits: { minHealthy: 0 }
policies:
  - name: sick
    condition: { alert: { alertname: Sick } }
    target: bench:bench/instance/*
    ladder: [restart-instance, page]
    autonomy: auto
    allowIrreversible: [restart-instance]
    verify: { healthyFor: 1s, within: 5s, blindFor: 10s }
`
}

async function latenciesOf(port: number, instances: StandIns, names: readonly string[]): Promise<number[]> {
  const latencies: Promise<number>[] = []
  for (const name of names) {
    const sentAt = performance.now()
    latencies.push(inTime(name, instances.restartOf(name)).then((at) => at - sentAt))
    await post(port, [{ labels: { alertname: 'Sick', namespace: 'bench', instance: name, severity: 'critical' } }])
    await sleep(EVERY_MS)
  }
  return Promise.all(latencies)
}

async function inTime(name: string, restarted: Promise<number>): Promise<number> {
  const late = new AbortController()
  const timeout = sleep(WITHIN_MS, undefined, { signal: late.signal }).then((): never => {
    throw new Error(`${name} was not restarted within ${WITHIN_MS / 1000} s of its alert`)
  })
  try {
    return await Promise.race([restarted, timeout])
  } finally {
    late.abort()
    timeout.catch(() => {})
  }
}

function post(port: number, alerts: readonly object[]): Promise<void> {
  const body = JSON.stringify(alerts)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const asked = request(
      { agent: AGENT, port, host: '127.0.0.1', method: 'POST', path: '/api/v2/alerts', headers },
      (response) => {
        response.resume()
        const wrong =
          response.statusCode === 200 ? undefined : new Error(`the alert was answered ${response.statusCode}`)
        response.on('end', () => (wrong ? reject(wrong) : resolve()))
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Other alerts, about nothing that is known, for as long as the measuring takes. */
function others(port: number): Promise<unknown> {
  const spreadMs = 1500 + ALERTS * (EVERY_MS + 15)
  return runLoad({
    port,
    path: '/api/v2/alerts',
    connections: 8,
    alerts: Math.round((OTHERS_PER_SECOND * spreadMs) / 1000),
    batch: 50,
    series: 'other',
    spreadMs,
  })
}
