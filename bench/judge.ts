import { detect } from '../src/detect/detect.ts'
import type { Policy } from '../src/domain/policy.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import { topologyOf } from '../src/domain/topology.ts'
import { prometheusReader } from '../src/signals/prometheus-text.ts'
import { createWindows } from '../src/signals/windows.ts'

/*
 * How long three policies take on 1000 targets, and how fast Prometheus text is read and kept, in processor time of the
 * main thread. Run: node bench/judge.ts
 */

const TARGETS = 1000
const SAMPLES = 240

function refOf(i: number): ResourceRef {
  return `lab:shop/instance/web-${i}`
}

function policyOf(name: string, condition: string): Policy {
  const verify = { healthyForMs: 0, withinMs: 0, blindForMs: 0, guards: [] }
  const rest = {
    severity: 'high',
    ladder: [],
    autonomy: 'observe',
    allowIrreversible: [],
    cooldownMs: 0,
    verify,
  } as const
  return { name, condition, target: 'lab:shop/instance/*', ...rest }
}

const policies = [
  policyOf('down', 'up < 1 for 3 samples'),
  policyOf('full', 'disk > 90 for 3 samples until disk < 85'),
  policyOf('slow', 'avg(latency[1m]) > 0.5 and rate(hits_total[1m]) > 1 for 30s'),
]

/** Windows of a fleet in which this share of the targets is unwell. */
function fleet(unwell: number): ReturnType<typeof createWindows> {
  const windows = createWindows()
  for (let at = 0; at < SAMPLES; at++) {
    const samples = Array.from({ length: TARGETS }, (_, i) => {
      const bad = i < unwell * TARGETS
      const common = { labels: {}, target: refOf(i), at: at * 1000 }
      const values = { up: bad ? 0 : 1, disk: bad ? 95 : 40, latency: bad ? 0.9 : 0.1, hits_total: at * 10 }
      return Object.entries(values).map(([metric, value]) => ({ metric, value, ...common }))
    })
    windows.add({ source: 'bench', intervalMs: 1000, samples: samples.flat() })
  }
  return windows
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN
}

function timed(rounds: number, work: () => unknown): number {
  const times = Array.from({ length: rounds }, () => {
    const began = process.threadCpuUsage().user
    work()
    return (process.threadCpuUsage().user - began) / 1000
  })
  return median(times)
}

const topology = topologyOf(
  Array.from({ length: TARGETS }, (_, i) => ({ ref: refOf(i), dependsOn: [], durable: false, sharedFate: [] })),
)
for (const unwell of [0, 0.01, 1]) {
  const windows = fleet(unwell)
  const world = { policies, topology, windows, now: SAMPLES * 1000, startedAt: 0, open: new Set<string>() }
  const ms = timed(21, () => detect(world))
  console.log(`detect, ${TARGETS} targets x ${policies.length} policies, ${unwell * 100} % unwell: ${ms.toFixed(1)} ms`)
}

const body = Array.from(
  { length: 10_000 },
  (_, i) => `http_requests_total{code="${200 + (i % 5)}",path="/items/${i}",method="GET"} ${i * 1.5}\n`,
).join('')
const read = prometheusReader()
const readMs = timed(51, () => read(body))
console.log(`text exposition, 10,000 samples: ${(10 / readMs).toFixed(2)} M samples/s`)

const windows = createWindows()
const { samples } = read(body)
let at = 0
const addMs = timed(51, () => {
  at += 1000
  windows.add({ source: 'bench', intervalMs: 1000, samples: samples.map((one) => ({ ...one, target: refOf(0), at })) })
})
console.log(`windows, 10,000 series: ${(10 / addMs).toFixed(2)} M samples/s`)
