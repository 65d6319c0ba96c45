import { loadConfig } from '../src/config/load.ts'
import { foldIncident } from '../src/domain/incident-fold.ts'
import type { RecordPort, Tools } from '../src/domain/ports.ts'
import { partsOf, type ResourceRef } from '../src/domain/resource.ts'
import type { Sample } from '../src/domain/signal.ts'
import { topologyOf, type Topology, type TopologyNode } from '../src/domain/topology.ts'
import type { Story } from '../src/domain/view.ts'
import { CATALOGUE, settingsOf } from '../src/main/config.ts'
import { createWindows } from '../src/signals/windows.ts'
import { engineWorld, type EngineWorld } from './engine-world.ts'
import { memoryInstances, type MemoryInstances } from './fakes/memory-instances.ts'
import { memorySpecs, type MemorySpecs } from './fakes/memory-specs.ts'
import { alertOn, alertsOf } from './fixtures/alerts.ts'

/** The shop of the lab in memory, on a fake clock, with people who come to harm: what the console is tried with. */
export type ConsoleWorld = {
  readonly world: EngineWorld
  readonly pools: MemorySpecs
  readonly instances: MemoryInstances
  /** The share of requests that an instance fails, and how long it takes for one, in milliseconds. */
  ail(instance: string, ailment: Partial<Ailment>): void
  /** The newest incident of an owner. */
  story(owner: ResourceRef): Promise<Story>
}

type Ailment = {
  readonly failing: number
  /** It fails whatever its load; else only under its full share of it. */
  readonly stubborn: boolean
  readonly slowMs: number
  readonly diskPercent: number
}

export const service = (name: string): ResourceRef => `lab:shop/service/${name}`
export const instance = (name: string): ResourceRef => `lab:shop/instance/${name}`
export const pool = (name: string): ResourceRef => `edge:shop/pool/${name}`

const MEMBERS = {
  gateway: ['gateway'],
  web: ['web-1', 'web-2'],
  api: ['api-1', 'api-2'],
  db: ['db-1', 'db-2'],
  worker: ['worker-1'],
} as const
const NEEDS: Readonly<Record<string, string>> = { gateway: 'web', web: 'api', api: 'db', worker: 'api' }
const FRONTED = ['web', 'api', 'db'] as const
const INSTANCES = Object.values(MEMBERS).flat()

export const POLICIES = `version: 1
mode: live
profile: lab
connectors: { lab: { type: process, dir: run } }
aliases:
  qps: rate(shop_requests_total[5s])
  error_rate: 100 * rate(shop_requests_failed_total[5s]) / qps
  latency_ms: 1000 * rate(shop_request_duration_seconds_sum[5s]) / rate(shop_request_duration_seconds_count[5s])
  disk_usage: disk_usage
slos:
  - { name: shop-users, target: "lab:shop/service/gateway", expr: "error_rate / 100", max: 0.2 }
limits: { perTarget: [3 in 5m, 4 in 6h], minHealthy: 1 }
never: ["lab:shop/instance/worker-*"]
policies:
  - name: instance-down
    condition: up == 0 for 3 samples
    target: lab:shop/instance/*
    severity: critical
    ladder: [restart-instance, restart-service, page]
    autonomy: auto
    allowIrreversible: [restart-instance]
    verify: &verify { healthyFor: 5s, within: 30s, blindFor: 60s, guard: ["slo:shop-users"] }
  - name: api-failing
    condition: up == 1 and qps > 10 and error_rate > 8 for 6 samples
    target: lab:shop/instance/api-*
    severity: critical
    ladder: [shift-traffic, page]
    autonomy: auto
    verify: *verify
  - name: db-slow
    condition: up == 1 and qps > 1 and latency_ms > 200 for 5 samples
    target: lab:shop/instance/db-*
    severity: high
    ladder: [drain-instance: { hold: 5m }, page]
    autonomy: approve
    verify: *verify
  - name: web-failing
    condition: up == 1 and qps > 10 and error_rate > 8 for 6 samples
    target: lab:shop/instance/web-*
    severity: high
    ladder: [shift-traffic: { weight: 25 }, page]
    autonomy: auto
    verify: *verify
  - name: disk-filling
    condition: disk_usage > 90 for 2 samples until disk_usage < 85
    target: lab:shop/instance/api-*
    severity: warning
    ladder: [clean-disk, page]
    autonomy: observe
    verify: *verify
`

export function consoleWorld(record: RecordPort): ConsoleWorld {
  const ailments = new Map<string, Ailment>(
    INSTANCES.map((name) => [name, { failing: 0, stubborn: false, slowMs: 20, diskPercent: 41.3 }]),
  )
  let now = (): number => Date.UTC(2026, 10, 19, 8, 12)
  const instances = memoryInstances(INSTANCES.map(instance), { now: () => now() })
  const weights = Object.fromEntries(
    FRONTED.map((name) => [
      pool(name),
      Object.fromEntries(
        MEMBERS[name].flatMap((one) => [
          [`weight.${one}`, 100],
          [`state.${one}`, 'up'],
        ]),
      ),
    ]),
  )
  const pools = memorySpecs(weights, { now: () => now() })
  const totals = new Map<string, { requests: number; failed: number; seconds: number }>()
  const windows = createWindows({ capacity: 600 })
  const config = loadConfig(POLICIES, { file: 'kintsugi.yaml', env: {}, readFile: () => '', catalogue: CATALOGUE })
  const unmapped = ['DiskPressure', 'CertificateExpiresSoon'].map((alertname, i) =>
    alertOn(instance('api-1'), {
      fingerprint: `u${i}`,
      labels: { alertname, severity: 'warning', node: 'node-7' },
      aim: { kind: 'unmapped', reason: `no rule of alertTargets matches ${alertname}` },
    }),
  )
  const topology = shopTopology()
  const world: EngineWorld = engineWorld(record, {
    windows,
    topology: () => topology,
    alerts: alertsOf(...unmapped),
    settings: settingsOf(config),
    tools: (target): Partial<Tools> => (partsOf(target).connector === 'edge' ? { traffic: pools } : { instances }),
    sources: () => ['lab', 'edge', 'health', 'gateway'].map((name) => ({ name, fresh: true })),
  })
  now = world.clock.now
  const look = (): void => {
    world.clock.after(1000, look)
    const at = world.clock.now()
    const samples = INSTANCES.flatMap((name) => samplesOf(name, at, { ailments, instances, pools, totals }))
    windows.add({ source: 'lab', intervalMs: 1000, samples: [...samples, ...gatewaySamples(samples)] })
  }
  look()
  return {
    world,
    pools,
    instances,
    ail: (name, ailment) => ailments.set(name, { ...ailments.get(name)!, ...ailment }),
    story: (owner) => storyOf(record, owner),
  }
}

async function storyOf(record: RecordPort, owner: ResourceRef): Promise<Story> {
  for (const id of await record.incidents({ limit: 20 })) {
    const entries = await record.entries({ incident: id })
    const incident = foldIncident(entries)
    if (incident?.owner === owner) return { incident, entries }
  }
  throw new Error(`there is no incident of ${owner}`)
}

type Sources = {
  readonly ailments: ReadonlyMap<string, Ailment>
  readonly instances: MemoryInstances
  readonly pools: MemorySpecs
  readonly totals: Map<string, { requests: number; failed: number; seconds: number }>
}

/** What an instance shows: its load goes by its weight, and what fails in it, or is slow, by its ailment. */
function samplesOf(name: string, at: number, { ailments, instances, pools, totals }: Sources): Sample[] {
  const target = instance(name)
  const { running, ready, startedAtMs } = instances.look(target)
  const { failing, stubborn, slowMs, diskPercent } = ailments.get(name)!
  const before = totals.get(name) ?? { requests: 0, failed: 0, seconds: 0 }
  // The load breathes a little, so that its plot is one.
  const load = loadOf(name, pools) * (1 + 0.08 * Math.sin(at / 7000) + 0.04 * Math.sin(at / 1900))
  const strain = stubborn ? 1 : Math.max(0, Math.min(1, (load - 50) / 50))
  const requests = running ? Math.round(load) : 0
  const next = {
    requests: before.requests + requests,
    failed: before.failed + Math.round(requests * failing * strain),
    seconds: before.seconds + (requests * slowMs) / 1000,
  }
  totals.set(name, next)
  const values: Readonly<Record<string, number>> = {
    up: Number(running && ready),
    running: Number(running),
    instance_age_seconds: running ? (at - startedAtMs) / 1000 : 0,
    shop_requests_total: next.requests,
    shop_requests_failed_total: next.failed,
    shop_request_duration_seconds_sum: next.seconds,
    shop_request_duration_seconds_count: next.requests,
    ...(name.startsWith('api') && { disk_usage: diskPercent }),
  }
  return Object.entries(values).map(([metric, value]) => ({ metric, labels: {}, target, at, value }))
}

/** What users see: all that the web serves, and a part of what fails behind it. */
function gatewaySamples(samples: readonly Sample[]): Sample[] {
  const target = service('gateway')
  const sum = (metric: string, of: string): number =>
    samples
      .filter((one) => one.metric === metric && partsOf(one.target).name.startsWith(of))
      .reduce((all, { value }) => all + value, 0)
  const failed = sum('shop_requests_failed_total', 'web') + 0.4 * sum('shop_requests_failed_total', 'api')
  const at = samples[0]?.at ?? 0
  return [
    { metric: 'shop_requests_total', labels: {}, target, at, value: sum('shop_requests_total', 'web') },
    { metric: 'shop_requests_failed_total', labels: {}, target, at, value: failed },
  ]
}

function loadOf(name: string, pools: MemorySpecs): number {
  const front = FRONTED.find((one) => MEMBERS[one].some((member) => member === name))
  if (!front) return 40
  const document = pools.look(pool(front))
  const weightOf = (member: string): number =>
    document[`state.${member}`] === 'drain' ? 0 : Number(document[`weight.${member}`])
  const all = MEMBERS[front].reduce((sum, member) => sum + weightOf(member), 0)
  return all === 0 ? 0 : (240 * weightOf(name)) / all
}

function shopTopology(): Topology {
  const node = (ref: ResourceRef, more: Partial<TopologyNode>): TopologyNode => ({
    ref,
    dependsOn: [],
    durable: true,
    sharedFate: [],
    ...more,
  })
  return topologyOf([
    ...Object.entries(MEMBERS).flatMap(([name, members]) => [
      node(service(name), {
        dependsOn: NEEDS[name] === undefined ? [] : [service(NEEDS[name])],
        ...(name === 'worker' && { learned: [service('db')] }),
      }),
      ...members.map((member) =>
        node(instance(member), { partOf: service(name), durable: false, can: ['instances', 'disks'] }),
      ),
    ]),
    ...FRONTED.map((name) => node(pool(name), { dependsOn: [service(name)], can: ['traffic'] })),
  ])
}
