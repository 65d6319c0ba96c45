import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actions } from '../actions/registry.ts'
import type { Hypothesis } from '../domain/diagnosis.ts'
import type { PlanStep } from '../domain/plan.ts'
import type { Capability } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf, type Topology, type TopologyNode } from '../domain/topology.ts'
import type { Json } from '../lib/json.ts'
import { REMEDIES } from './registry.ts'
import type { Proposal, Proposing } from './remedy.ts'

const API: ResourceRef = 'lab:shop/service/api'
const DB: ResourceRef = 'lab:shop/service/db'
const POOL: ResourceRef = 'edge:shop/pool/api'
const [API_1, API_2, API_10]: readonly [ResourceRef, ResourceRef, ResourceRef] = [
  'lab:shop/instance/api-1',
  'lab:shop/instance/api-2',
  'lab:shop/instance/api-10',
]
const ALL: readonly Capability[] = ['instances', 'caches', 'pools', 'disks', 'commands', 'configuration']

const node = (ref: ResourceRef, more: Partial<TopologyNode> = {}): TopologyNode => ({
  ref,
  dependsOn: [],
  durable: true,
  sharedFate: [],
  ...more,
})
const instance = (ref: ResourceRef): TopologyNode => node(ref, { partOf: API, durable: false, can: ALL })
const NODES = [
  node(POOL, { dependsOn: [API], can: ['traffic'] }),
  node(API, { dependsOn: [DB], can: ['workloads'] }),
  node(DB),
  ...[API_10, API_1, API_2].map(instance),
]
const TOPOLOGY = topologyOf(NODES)

type World = {
  readonly cause?: string
  readonly target?: ResourceRef
  readonly topology?: Topology
  readonly settings?: Json
  /** What is so, as `condition on target`; what is not named is not so. */
  readonly so?: readonly string[]
  /** Conditions that nobody can judge. */
  readonly unseen?: readonly string[]
  readonly replicas?: number
}

function proposed(name: string, world: World = {}): Proposal {
  const { cause = 'dead-instance', target = API_1, topology = TOPOLOGY, settings = null, so = [], unseen = [] } = world
  const hypothesis: Hypothesis = { cause, target, confidence: 1, summary: '', for: [], against: [] }
  const judge: Proposing['judge'] = (condition, ref) => {
    if (unseen.includes(condition)) return 'blind'
    return so.includes(`${condition} on ${ref}`) ? 'true' : 'false'
  }
  const value = (): number | undefined => world.replicas
  return REMEDIES.find((one) => one.name === name)!.propose({ cause: hypothesis, topology, settings, judge, value })
}

function planned(name: string, world: World = {}): Extract<Proposal, { applies: true }> {
  const proposal = proposed(name, world)
  if (!proposal.applies) throw new Error(proposal.reason)
  return proposal
}

const refusal = (name: string, world: World = {}): string => {
  const proposal = proposed(name, world)
  return proposal.applies ? '' : proposal.reason
}

describe('a restart', () => {
  test('is for causes that lie in the process', () => {
    for (const cause of [
      'dead-instance',
      'deaf-instance',
      'memory-leak',
      'cpu-burn',
      'crash-loop',
      'slow-dependency',
    ]) {
      expect(planned('restart-instance', { cause }).steps).toMatchObject([{ target: API_1, disrupts: [API_1] }])
      expect(planned('restart-service', { cause }).steps).toHaveLength(3)
    }
    for (const name of ['restart-instance', 'restart-service']) {
      expect(refusal(name, { cause: 'disk-full' })).toBe('a restart does not mend disk-full')
      expect(refusal(name, { cause: 'disk-full', settings: { causes: ['disk-full'] } })).toBe('')
    }
  })
})

describe('what is done on each instance that needs it', () => {
  const so = [`cache_hit_rate < 50 on ${API_1}`, `cache_hit_rate < 50 on ${API_10}`]

  test('is done on the instance that is the cause', () => {
    expect(planned('warm-cache', { so, settings: { keys: ['a'] } })).toEqual({
      applies: true,
      target: API_1,
      steps: [
        {
          name: `warm-cache ${API_1}`,
          action: 'warm-cache',
          target: API_1,
          params: { target: API_1, keys: ['a'] },
          reversibility: 'irreversible',
          disrupts: [],
        },
      ],
      cannotUndo: [expect.stringContaining(API_1)],
      success: [{ target: API_1, condition: 'cache_hit_rate > 70' }],
    })
  })

  test('is done on those of a service where it is so', () => {
    const { target, steps, success } = planned('warm-cache', { target: API, so })
    expect(target).toBe(API)
    expect(steps.map((step) => step.target).toSorted()).toEqual([API_1, API_10])
    expect(success?.map((one) => one.target).toSorted()).toEqual([API_1, API_10])
  })

  test.each<[string, World, string]>([
    ['where it is not so', { target: API_2, so }, `not 'cache_hit_rate < 50' on ${API_2}`],
    ['where nobody sees it', { so, unseen: ['cache_hit_rate < 50'] }, `nobody sees whether 'cache_hit_rate < 50'`],
    ['where it is not offered', { target: DB, so }, `neither ${DB} nor a part of it offers 'caches'`],
    [
      'without the headroom that is declared for it',
      { so, settings: { headroom: { target: DB, condition: 'cpu_utilization < 70' } } },
      `no headroom: not 'cpu_utilization < 70' on ${DB}`,
    ],
    [
      'while nobody sees the headroom',
      { so, unseen: ['up > 0'], settings: { headroom: { target: DB, condition: 'up > 0' } } },
      `no headroom: nobody sees whether 'up > 0' on ${DB}`,
    ],
  ])('is refused %s', (_what, world, reason) => {
    expect(refusal('warm-cache', world)).toContain(reason)
  })

  test.each<[string, string, Json, string | undefined]>([
    ['reset-pool', 'db_connection_errors > 10', null, 'db_connection_errors == 0'],
    ['reset-pool', 'db_connection_errors > 3', { above: 3 }, 'db_connection_errors == 0'],
    ['clean-disk', 'disk_usage > 90', null, 'disk_usage < 90'],
    ['clean-disk', 'disk_usage > 85', { above: 85 }, 'disk_usage < 85'],
    ['restore-config', 'config_age_seconds < 600', null, undefined],
    ['change-config', 'latency_ms > 100', { values: { cacheTtlMs: 5 } }, undefined],
    ['change-config', 'qps > 5', { values: { cacheTtlMs: 5 }, when: 'qps > 5' }, undefined],
  ])('%s needs %s with %j', (name, condition, settings, success) => {
    const plan = planned(name, { settings, so: [`${condition} on ${API_2}`], target: API_2 })
    expect(plan.steps).toMatchObject([{ action: name, target: API_2, disrupts: [] }])
    expect(plan.success).toEqual(success && [{ target: API_2, condition: success }])
    expect(refusal(name, { settings, target: API_2 })).toBe(`not '${condition}' on ${API_2}`)
  })
})

describe('traffic is kept from the one sick instance', () => {
  const so = [`min(up) > 0 on ${API_2}`]
  const holding = { holdMs: 600_000 }

  test('by a drain that its pool ends by itself', () => {
    const { target, steps } = planned('drain-instance', { so })
    expect(target).toBe(API_1)
    expect(steps).toMatchObject([
      { target: POOL, params: { target: POOL, instance: 'api-1', ...holding }, disrupts: [API_1] },
    ])
    expect(steps[0]?.undoLeaves).toEqual([API_1, API_2, API_10])
    expect(planned('drain-instance', { so, settings: { hold: 5000 } }).steps).toMatchObject([
      { params: { holdMs: 5000 } },
    ])
  })

  test('by a shift that leaves it a little, or nothing', () => {
    const [some] = planned('shift-traffic', { so }).steps
    expect(some).toMatchObject({ params: { target: POOL, weights: { 'api-1': 10 } }, disrupts: [] })
    const [none] = planned('shift-traffic', { so, settings: { weight: 0 } }).steps
    expect(none).toMatchObject({ params: { weights: { 'api-1': 0 } }, disrupts: [API_1] })
  })

  const second = node('edge:shop/pool/other', { dependsOn: [API], can: ['traffic'] })
  test.each<[string, World, string]>([
    ['another answers', { so: [`min(up) > 0 on ${API_1}`] }, `no other instance of ${API} is seen to answer`],
    ['another is seen', { so, unseen: ['min(up) > 0'] }, `no other instance of ${API} is seen to answer`],
    ['it is an instance', { so, target: API }, `${API} is not an instance of anything`],
    ['a pool is known', { so, topology: topologyOf(NODES.slice(1)) }, `no one pool stands in front of ${API}`],
    ['one pool is known', { so, topology: topologyOf([...NODES, second]) }, `no one pool stands in front of ${API}`],
  ])('only where %s', (_what, world, reason) => {
    expect(refusal('drain-instance', world)).toBe(reason)
    expect(refusal('shift-traffic', world)).toBe(reason)
  })
})

describe('a limit on a pool', () => {
  test('of concurrency is for latency, wherever it is seen', () => {
    const settings = { limit: 20 }
    for (const where of [API_1, API_2, API, POOL]) {
      const { target, steps } = planned('limit-concurrency', { settings, so: [`latency_ms > 100 on ${where}`] })
      expect(target).toBe(POOL)
      expect(steps).toMatchObject([{ params: { target: POOL, limit: 20, holdMs: 600_000 }, disrupts: [] }])
    }
    expect(refusal('limit-concurrency', { settings })).toContain("not 'latency_ms > 100' on")
  })

  test('of the rate is set in front of the service, or on the pool that is the cause', () => {
    for (const target of [API_1, API, POOL]) {
      const { steps } = planned('rate-limit', { target, settings: { rps: 1000, hold: 1000 } })
      expect(steps).toMatchObject([{ target: POOL, params: { target: POOL, rps: 1000, holdMs: 1000 } }])
    }
  })

  test('is none that nobody has named', () => {
    expect(refusal('limit-concurrency')).toBe('the policy names no limit')
    expect(refusal('rate-limit')).toBe('the policy names no rate')
    expect(refusal('change-config')).toBe('the policy names no values to set')
    expect(refusal('run-command')).toBe('the policy names no command')
  })
})

describe('the breaker', () => {
  test('is tripped where no instance answers', () => {
    expect(planned('trip-breaker').steps).toMatchObject([
      { target: POOL, params: { target: POOL, holdMs: 600_000 }, disrupts: [API_1, API_2, API_10] },
    ])
    expect(refusal('trip-breaker', { so: [`max(up) > 0 on ${API_2}`] })).toBe(`${API_2} may still answer`)
    expect(refusal('trip-breaker', { unseen: ['max(up) > 0'] })).toContain('may still answer')
  })

  test('is tripped where the policy says that what still answers is worth nothing', () => {
    const settings = { when: 'error_rate > 50' }
    const so = [`error_rate > 50 on ${API}`, `max(up) > 0 on ${API_2}`]
    expect(planned('trip-breaker', { settings, so }).steps).toMatchObject([{ disrupts: [] }])
    expect(refusal('trip-breaker', { settings })).toContain("not 'error_rate > 50'")
  })
})

describe('scaling', () => {
  const busy = [`cpu_utilization > 80 on ${API_2}`]
  const up = (settings: Json, replicas = 3): unknown =>
    planned('scale-up', { so: busy, settings, replicas }).steps[0]?.params

  test('up by a number or a factor, to at most so many', () => {
    expect(up(null)).toEqual({ target: API, replicas: 5 })
    expect(up({ by: 4 })).toEqual({ target: API, replicas: 7 })
    expect(up({ factor: 2 })).toEqual({ target: API, replicas: 6 })
    expect(up({ factor: 1.5 })).toEqual({ target: API, replicas: 5 })
    expect(up(null, 9)).toEqual({ target: API, replicas: 10 })
    expect(up({ max: 4 })).toEqual({ target: API, replicas: 4 })
  })

  test('up says what its undo would leave, and when it has succeeded', () => {
    const { steps, success } = planned('scale-up', { so: busy, replicas: 3 })
    expect(steps).toMatchObject([{ disrupts: [], undoLeaves: [API_1, API_2, API_10] }])
    expect(success).toEqual([{ target: API, condition: 'replicas_ready >= 5' }])
  })

  test.each<[string, World, string]>([
    ['nobody is busy', { replicas: 3 }, "not 'cpu_utilization > 80' on"],
    ['nobody sees who is busy', { replicas: 3, unseen: ['cpu_utilization > 80'] }, 'nobody sees whether'],
    ['nobody sees how many there are', { so: busy }, `nobody sees how many instances ${API} has`],
    ['there are as many as may be', { so: busy, replicas: 10 }, `${API} has 10 instances, and 10 are the most`],
    ['it cannot be scaled', { so: busy, replicas: 1, target: DB }, `${DB} has no instances to add`],
  ])('up is refused while %s', (_what, world, reason) => {
    expect(refusal('scale-up', world)).toContain(reason)
  })

  test('up is also for what the diagnosis calls overload', () => {
    expect(refusal('scale-up', { cause: 'overload', replicas: 3 })).toBe('')
  })

  const idle = [API_1, API_2, API_10].map((ref) => `cpu_utilization < 30 on ${ref}`)
  test('down takes the last ones away, and names them', () => {
    const { steps, cannotUndo } = planned('scale-down', { so: idle, replicas: 3 })
    expect(steps).toMatchObject([{ params: { target: API, replicas: 2 }, disrupts: [API_10] }])
    expect(cannotUndo).toEqual([expect.stringContaining(API_10)])
    const half = planned('scale-down', { so: idle, replicas: 3, settings: { factor: 3, min: 1 } })
    expect(half.steps).toMatchObject([{ params: { replicas: 1 }, disrupts: [API_2, API_10] }])
  })

  test.each<[string, World, string]>([
    ['one is busy', { so: idle.slice(1), replicas: 3 }, "not 'cpu_utilization < 30' on"],
    ['not all that there are are known', { so: idle, replicas: 4 }, `${API} has 4 instances, and 3 are known`],
    [
      'there are as few as may be',
      { so: idle, replicas: 3, settings: { min: 3 } },
      `${API} has 3 instances, and 3 are the least`,
    ],
  ])('down is refused while %s', (_what, world, reason) => {
    expect(refusal('scale-down', world)).toContain(reason)
  })
})

test('a command is run by its name, and again only where that is declared to be safe', () => {
  const run = (settings: Json): PlanStep | undefined => planned('run-command', { settings }).steps[0]
  expect(run({ command: 'rotate' })).toMatchObject({
    action: 'run-command',
    params: { target: API_1, command: 'rotate' },
  })
  expect(run({ command: 'rotate', safeToRepeat: true })).toMatchObject({ action: 'run-safe-command' })
})

test('what is due by the calendar needs no other need, but room all the same', () => {
  const due = { cause: 'maintenance-due', replicas: 3 }
  for (const name of ['restart-instance', 'clean-disk', 'warm-cache', 'scale-up']) expect(refusal(name, due)).toBe('')
  const headroom = { target: DB, condition: 'cpu_utilization < 70' }
  expect(refusal('warm-cache', { ...due, settings: { headroom } })).toContain('no headroom')
  expect(refusal('scale-down', due)).toContain("not 'cpu_utilization < 30'")
})

/** Settings of each remedy that has no defaults for all of them. */
const NAMED: Readonly<Record<string, Json>> = {
  'change-config': { values: { a: 1 } },
  'limit-concurrency': { limit: 5 },
  'rate-limit': { rps: 5 },
  'run-command': { command: 'rotate' },
}

describe('as laws', () => {
  const state = fc.constantFrom('true', 'true', 'false', 'blind' as const)
  const anyWorld = fc.record({
    name: fc.constantFrom(...REMEDIES.map((one) => one.name)),
    cause: fc.constantFrom('dead-instance', 'overload', 'cold-cache'),
    target: fc.constantFrom(API, API_1, API_2, POOL, DB),
    replicas: fc.constantFrom(undefined, 0, 3, 12),
    states: fc.array(state, { minLength: 1, maxLength: 7 }),
  })

  test('every step is one that its action takes, and says what cannot be taken back', () => {
    const applied = new Set<string>()
    fc.assert(
      fc.property(anyWorld, ({ name, cause, target, replicas, states }) => {
        const remedy = REMEDIES.find((one) => one.name === name)!
        let asked = 0
        const proposal = remedy.propose({
          cause: { cause, target, confidence: 1, summary: '', for: [], against: [] },
          topology: TOPOLOGY,
          settings: NAMED[name] ?? null,
          judge: () => states[asked++ % states.length]!,
          value: () => replicas,
        })
        if (!proposal.applies) {
          expect(proposal.reason).not.toBe('')
          return
        }
        applied.add(name)
        const { steps, cannotUndo } = proposal
        expect(steps).not.toEqual([])
        expect(new Set(steps.map((step) => step.name)).size).toBe(steps.length)
        for (const step of steps) {
          const action = actions.get(step.action)!
          expect(action.params.parse(step.params)).toEqual(step.params)
          expect(step.params).toMatchObject({ target: step.target })
          expect(step.reversibility).toBe(action.reversibility)
          for (const ref of [...(step.disrupts ?? []), ...(step.undoLeaves ?? [])]) {
            expect([API_1, API_2, API_10]).toContain(ref)
          }
        }
        if (steps.some(({ reversibility }) => reversibility !== 'reversible')) expect(cannotUndo).not.toEqual([])
      }),
      { numRuns: 2000 },
    )
    expect([...applied].toSorted()).toEqual(REMEDIES.map(({ name }) => name).toSorted())
  })

  test('settings are read again as they were read, and unknown ones are refused', () => {
    for (const { name, settings } of REMEDIES) {
      const read = settings!.parse(NAMED[name] ?? {})
      expect(settings!.parse(read)).toEqual(read)
      expect(settings!.safeParse({ ...(read as object), nonsense: 1 }).success, name).toBe(false)
    }
    expect(REMEDIES.find(({ name }) => name === 'drain-instance')!.settings!.parse({ hold: '5m' })).toEqual({
      hold: 300_000,
    })
  })

  test('the registry is sorted light to heavy', () => {
    expect(REMEDIES.map(({ weight }) => weight)).toEqual(REMEDIES.map(({ weight }) => weight).toSorted((a, b) => a - b))
  })
})

test.each<[string, Json]>([
  ['scale-up', { factor: 1 }],
  ['scale-up', { when: 'cpu >' }],
  ['warm-cache', { headroom: { target: 'everything', condition: 'up > 0' } }],
  ['drain-instance', { hold: 'long' }],
  ['drain-instance', { hold: '7d' }],
  ['run-command', { command: 'rm -rf /' }],
  ['rate-limit', { rps: 0 }],
  ['rate-limit', {}],
])('%s does not take %j', (name, settings) => {
  expect(REMEDIES.find((one) => one.name === name)!.settings!.safeParse(settings).success).toBe(false)
})
