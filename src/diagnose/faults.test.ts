import { describe, expect, test } from 'vitest'
import { caseOf, finding, INTERVAL_MS, node, NOW, type Seen } from '../../test/diagnosis-world.ts'
import type { Hypothesis } from '../domain/diagnosis.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Windows } from '../domain/signal.ts'
import { topologyOf } from '../domain/topology.ts'
import { diagnose, type Case } from './diagnose.ts'
import { DIAGNOSIS_ENGINES } from './registry.ts'

/** A shop in which one thing is wrong, with all that it drags along: what it does to whoever asks, and is asked. */
const service = (name: string): ResourceRef => `lab:shop/service/${name}`
const instance = (name: string): ResourceRef => `lab:shop/instance/${name}`
const SERVICES = { gateway: ['web'], web: ['api'], api: ['db'], worker: ['api'], db: [] } as const
const INSTANCES = ['web-1', 'web-2', 'api-1', 'api-2', 'db-1', 'db-2', 'worker-1']
const serviceOf = (name: string): string => name.split('-')[0] ?? ''
const SHOP = topologyOf([
  ...Object.entries(SERVICES).map(([name, needs]) => node(service(name), { dependsOn: needs.map(service) })),
  ...INSTANCES.map((name) => node(instance(name), { partOf: service(serviceOf(name)), durable: false })),
])

const WELL_S = 60
const ILL_S = 12
type Values = Readonly<Record<string, number | ((secondsIll: number) => number)>>

const OF_ALL: Values = { up: 1, running: 1, cpu_utilization: 25, memory_usage: 40, error_rate: 0, qps: 150 }
/** A database query takes 60 ms, and who asks for it takes that and more. */
const OF_ONE: Readonly<Record<string, Values>> = {
  web: { latency_ms: 130 },
  api: { latency_ms: 110, cache_hit_rate: 95, db_connection_errors: 0, disk_usage: 30 },
  db: { latency_ms: 60, qps: 40, disk_usage: 40 },
  worker: { latency_ms: 90, qps: 5 },
}

/** What is seen of the shop: all well, but for what is changed of some in the last seconds. */
function seen(changes: Readonly<Record<string, Values>>, started: Values = {}): Seen[] {
  return INSTANCES.flatMap((name) => {
    const age = (fromS: number) => (secondsIll: number) => fromS + secondsIll
    const well = {
      ...OF_ALL,
      config_age_seconds: age(3600),
      instance_age_seconds: age(3600),
      ...OF_ONE[serviceOf(name)],
      ...started,
    }
    const ill = { ...well, ...changes[serviceOf(name)], ...changes[name] }
    return Object.keys(ill).map((metric) => {
      const at = (values: Values, secondsIll: number): number => {
        const value = values[metric] ?? 0
        return typeof value === 'number' ? value : value(secondsIll)
      }
      const values = Array.from({ length: WELL_S + ILL_S }, (_, i) => {
        const secondsIll = i - WELL_S
        return at(secondsIll < 0 ? well : ill, secondsIll)
      })
      return { target: instance(name), metric, values }
    })
  })
}

/** A case in which these were found unwell, all of one incident. */
function caseWith(found: readonly string[], changes: Readonly<Record<string, Values>>, started: Values = {}): Case {
  const since = NOW - (ILL_S - 2) * INTERVAL_MS
  const findings = found.map((name) => ({
    ...finding(INSTANCES.includes(name) ? instance(name) : service(name)),
    since,
  }))
  return caseOf(seen(changes, started), findings, SHOP)
}

const SLOW_WEB: Values = { latency_ms: 900, error_rate: 8 }
const ranked = (x: Case): Hypothesis[] => [...diagnose(DIAGNOSIS_ENGINES, x).hypotheses]
const first = (x: Case): string => `${ranked(x)[0]?.cause} ${ranked(x)[0]?.target.split('/').at(-1)}`
const ofCause = (x: Case, cause: string): Hypothesis[] => ranked(x).filter((one) => one.cause === cause)

const dead: Values = { up: 0, running: 0 }
const deaf: Values = { up: 0 }
const starved: Values = { latency_ms: 900, error_rate: 20, db_connection_errors: 40 }

const FAULTS: readonly (readonly [fault: string, truth: string, Case])[] = [
  [
    'crash',
    'dead-instance api-1',
    caseWith(['api-1', 'web-1', 'web-2', 'gateway'], {
      'api-1': dead,
      web: SLOW_WEB,
      'api-2': { qps: 300, cpu_utilization: 50 },
    }),
  ],
  [
    'crash loop',
    'dead-instance web-1',
    caseWith(['web-1', 'gateway'], { 'web-1': { ...dead, instance_age_seconds: 0 } }),
  ],
  ['freeze', 'deaf-instance api-1', caseWith(['api-1', 'web-1', 'web-2'], { 'api-1': deaf, web: SLOW_WEB })],
  [
    'freeze of the database',
    'deaf-instance db-1',
    caseWith(['db-1', 'api-1', 'api-2', 'web-1'], { 'db-1': deaf, api: starved, web: SLOW_WEB }),
  ],
  [
    'memory leak',
    'memory-leak api-1',
    caseWith(['api-1', 'web-1'], {
      'api-1': { memory_usage: (s) => Math.min(95, 40 + 6 * s), latency_ms: 300 },
      web: SLOW_WEB,
    }),
  ],
  [
    'CPU burn',
    'cpu-burn api-1',
    caseWith(['api-1', 'web-1', 'web-2'], {
      'api-1': { cpu_utilization: 96, latency_ms: 700, error_rate: 10, qps: 60 },
      web: SLOW_WEB,
    }),
  ],
  [
    'CPU burn that health checks feel',
    'cpu-burn api-1',
    caseWith(['api-1', 'web-1'], { 'api-1': { ...deaf, cpu_utilization: 98, latency_ms: 1500 }, web: SLOW_WEB }),
  ],
  [
    'slow dependency',
    'slow-dependency db',
    caseWith(['web-1', 'web-2', 'api-1', 'api-2', 'db-1', 'db-2'], {
      db: { latency_ms: 460, qps: 38 },
      api: starved,
      web: SLOW_WEB,
    }),
  ],
  [
    'slow dependency that nobody complains of',
    'slow-dependency db',
    caseWith(['web-1', 'api-1', 'api-2'], { db: { latency_ms: 460 }, api: starved, web: SLOW_WEB }),
  ],
  [
    'a slow instance of a dependency, of which nobody who waits complains',
    'slow-dependency db-2',
    caseWith(['db-2'], { 'db-2': { latency_ms: 460 }, api: { latency_ms: 250 } }),
  ],
  [
    'one slow instance of a dependency',
    'slow-dependency db-2',
    caseWith(['api-1', 'db-2'], { 'db-2': { latency_ms: 460 }, api: { latency_ms: 400 } }),
  ],
  [
    'exhausted pool',
    'pool-exhausted api-1',
    caseWith(['api-1', 'web-1', 'web-2'], { 'api-1': starved, web: SLOW_WEB, db: { qps: 25 } }),
  ],
  [
    'flushed cache',
    'cold-cache api-1',
    caseWith(['api-1', 'api-2', 'web-1', 'db-1', 'db-2'], {
      'api-1': { ...starved, cache_hit_rate: 5 },
      'api-2': { latency_ms: 400 },
      db: { latency_ms: 300, qps: 400, cpu_utilization: 85 },
      web: SLOW_WEB,
    }),
  ],
  [
    'traffic spike',
    'overload api',
    caseWith(['api-1', 'api-2', 'web-1', 'web-2', 'db-1'], {
      web: { ...SLOW_WEB, qps: 450, cpu_utilization: 60 },
      api: { latency_ms: 800, error_rate: 30, qps: 450, cpu_utilization: 97, db_connection_errors: 12 },
      db: { qps: 110, latency_ms: 140 },
    }),
  ],
  [
    'bad configuration',
    'bad-configuration api-2',
    caseWith(['api-2', 'web-1', 'web-2'], {
      'api-2': { config_age_seconds: (s) => s, error_rate: 60, db_connection_errors: 30, latency_ms: 40 },
      web: SLOW_WEB,
    }),
  ],
  [
    'full disk',
    'disk-full api-1',
    caseWith(['api-1', 'web-1'], { 'api-1': { disk_usage: 100, error_rate: 30 }, web: SLOW_WEB }),
  ],
  [
    'full disk of the database',
    'disk-full db-1',
    caseWith(['db-1', 'api-1', 'api-2', 'web-1'], {
      'db-1': { disk_usage: 99, error_rate: 50 },
      api: starved,
      web: SLOW_WEB,
    }),
  ],
]

describe('the true cause is named first, with its target', () => {
  test.each(FAULTS)('%s', (_fault, truth, x) => {
    expect(first(x)).toBe(truth)
  })

  test.each(FAULTS)('%s, in a shop that was only just started', (_fault, truth, x) => {
    expect(first(young(x))).toBe(truth)
  })
})

/** The same, where every configuration and every process is new: that alone accuses nobody. */
function young(x: Case): Case {
  const select: Windows['select'] = (target, metric) =>
    x.windows.select(target, metric).map((series) => ({
      ...series,
      timeAt: (i) => series.timeAt(i),
      valueAt: (i) => {
        const value = series.valueAt(i)
        return metric.endsWith('_age_seconds') && value > 3000 ? value - 3600 + WELL_S + 5 : value
      },
    }))
  return { ...x, windows: { select } }
}

describe('what is only a symptom', () => {
  const byFault = (name: string): Case => FAULTS.find(([fault]) => fault === name)![2]

  test('of a slow dependency: the pools that fill for it are half as likely, and say why', () => {
    const pools = ofCause(byFault('slow dependency'), 'pool-exhausted')
    expect(pools.length).toBe(2)
    for (const { confidence, summary, against } of pools) {
      expect(confidence).toBeLessThan(0.5)
      expect(summary).toContain('likely a symptom')
      expect(against.length).toBeGreaterThan(0)
    }
  })

  test('of a cold cache: the database that has more to do, and the pool that waits for it', () => {
    const x = byFault('flushed cache')
    for (const cause of ['slow-dependency', 'failing-dependency', 'pool-exhausted']) {
      for (const { confidence } of ofCause(x, cause)) expect(confidence).toBeLessThan(0.5)
    }
  })

  test('a slow database without more to do is no symptom of a cold cache', () => {
    const changes = { db: { latency_ms: 460, qps: 40 }, api: { ...starved, cache_hit_rate: 45 } }
    expect(first(caseWith(['api-1', 'api-2', 'db-1', 'db-2'], changes))).toBe('slow-dependency db')
  })

  test('more traffic to a cold cache that always was cold is not of the cache', () => {
    const cold: Values = { cache_hit_rate: 30 }
    const x = caseWith(['api-1'], { api: cold, db: { qps: 200 } }, cold)
    expect(ofCause(x, 'cold-cache').map(({ confidence }) => confidence)).toEqual([0.4])
  })
})

describe('a burning instance', () => {
  const burns = (changes: Readonly<Record<string, Values>>): number =>
    ofCause(caseWith(['api-1'], changes), 'cpu-burn').length

  test('is one that alone is short of CPU', () => {
    expect(burns({ 'api-1': { cpu_utilization: 95 } })).toBe(1)
    expect(burns({ api: { cpu_utilization: 95 } })).toBe(0)
    expect(burns({ 'api-1': { cpu_utilization: 75 } })).toBe(0)
  })

  test('is none that only has more to do than its siblings', () => {
    expect(burns({ 'api-1': { cpu_utilization: 95, qps: 300 }, 'api-2': { cpu_utilization: 2, qps: 0 } })).toBe(0)
  })
})

describe('a leak', () => {
  const leaks = (memory: Values[string]): number =>
    ofCause(caseWith(['api-1'], { 'api-1': { memory_usage: memory } }), 'memory-leak').length

  test('is memory that is high and has risen steadily', () => {
    expect(leaks((s) => 40 + 4 * s)).toBe(1)
    expect(leaks((s) => Math.min(90, 40 + 10 * s))).toBe(1)
    const creeping = caseWith(
      ['api-1'],
      { 'api-1': { memory_usage: (s) => Math.min(95, 30 + 9 * s) } },
      { memory_usage: (s) => 30 + s / 4 },
    )
    expect(ofCause(creeping, 'memory-leak')).toHaveLength(1)
  })

  test('is none where it is high and stays, rises and is low, or jumps at once', () => {
    expect(leaks(88)).toBe(0)
    expect(leaks((s) => 40 + s)).toBe(0)
    expect(leaks((s) => (s % 2 === 0 ? 85 : 60))).toBe(0)
  })
})

describe('a changed configuration', () => {
  const blamed = (changes: Values): number[] =>
    ofCause(caseWith(['api-1'], { 'api-1': changes }), 'bad-configuration').map(({ confidence }) =>
      Math.round(confidence * 100),
    )

  test('is blamed for errors that began with it', () => {
    expect(blamed({ error_rate: 50, config_age_seconds: (s) => s })).toEqual([92])
  })

  test('is not for errors that were there before it', () => {
    expect(blamed({ error_rate: 50, config_age_seconds: (s) => s - ILL_S + 2 })).toEqual([24])
  })

  test('is less for errors that began long after it', () => {
    expect(blamed({ error_rate: 50, config_age_seconds: (s) => 300 + s })).toEqual([40])
  })
})

describe('overload', () => {
  const overloaded = (changes: Readonly<Record<string, Values>>): ResourceRef[] =>
    ofCause(caseWith(['api-1', 'web-1'], changes), 'overload').map(({ target }) => target)
  const strained: Values = { cpu_utilization: 96, qps: 400 }

  test('is all instances near their limits while traffic rose', () => {
    expect(overloaded({ api: strained })).toEqual([service('api')])
    expect(overloaded({ 'api-1': strained })).toEqual([])
    expect(overloaded({ api: { cpu_utilization: 96 } })).toEqual([])
    expect(overloaded({ api: { qps: 400 } })).toEqual([])
  })

  test('is that of the deepest, where those above it only wait', () => {
    const waits: Values = { latency_ms: 900, qps: 400 }
    expect(overloaded({ web: waits, api: waits })).toEqual([service('api')])
  })
})
