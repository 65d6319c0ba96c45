import { expect, test } from 'vitest'
import { actionLaws } from '../../test/action-laws.ts'
import { memoryOperations } from '../../test/fakes/memory-operations.ts'
import { memorySpecs } from '../../test/fakes/memory-specs.ts'
import type { Spec, Tools } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Json } from '../lib/json.ts'
import { actions } from './registry.ts'

type Values = Spec['values']

const target: ResourceRef = 'edge:shop/pool/web'
const other: ResourceRef = 'edge:shop/pool/api'

/** By action: its capability, its parameters, what the document says before, and what somebody else sets meanwhile. */
const SETTINGS: Readonly<Record<string, readonly [keyof Tools, params: Values, document: Values, foreign: Values]>> = {
  scale: ['workloads', { replicas: 4 }, { replicas: 2 }, { replicas: 3 }],
  'shift-traffic': [
    'traffic',
    { weights: { 'web-1': 10, 'web-2': 90 } },
    { 'weight.web-1': 50, 'weight.web-2': 50 },
    { 'weight.web-2': 70 },
  ],
  'drain-instance': [
    'traffic',
    { instance: 'web-1', holdMs: 60_000 },
    { 'state.web-1': 'up' },
    { 'state.web-1': 'gone' },
  ],
  'return-instance': ['traffic', { instance: 'web-1' }, { 'state.web-1': 'drain' }, { 'state.web-1': 'gone' }],
  'trip-breaker': ['traffic', { holdMs: 60_000 }, { breaker: 'closed' }, { breaker: 'half' }],
  'reset-breaker': ['traffic', {}, { breaker: 'open' }, { breaker: 'half' }],
  'rate-limit': ['traffic', { rps: 100, holdMs: 60_000 }, {}, { rateLimitRps: 50 }],
  'limit-concurrency': ['traffic', { limit: 20, holdMs: 60_000 }, { concurrency: 200 }, { concurrency: null }],
  'change-config': ['configuration', { values: { cacheTtlMs: 1000, extra: null } }, { extra: 1 }, { extra: 2 }],
  'restore-config': [
    'configuration',
    {},
    { timeoutMs: 1, extra: 1, lastGood: { timeoutMs: 500, retries: 2 } },
    { retries: 9 },
  ],
}

const OPERATIONS: Readonly<Record<string, readonly [keyof Tools, params: Values]>> = {
  'warm-cache': ['caches', { keys: ['a', 'b'] }],
  'reset-pool': ['pools', {}],
  'clean-disk': ['disks', {}],
  'run-command': ['commands', { command: 'rotate-logs' }],
  'run-safe-command': ['commands', { command: 'rotate-logs' }],
}

for (const [name, [capability, params, document, foreign]] of Object.entries(SETTINGS)) {
  const only = <T>(tools: Readonly<Record<string, T>>): T => tools[capability]!
  actionLaws(actions.get(name)!, {
    params: { target, ...params },
    tools: () => ({ [capability]: memorySpecs({ [target]: { ...document, untouched: 7 }, [other]: document }) }),
    state: (tools) => {
      const { look } = only(tools)
      return [look(target), look(other)]
    },
    disturb: (tools) => only(tools).set(target, foreign),
  })
}

for (const [name, [capability, params]] of Object.entries(OPERATIONS)) {
  const only = <T>(tools: Readonly<Record<string, T>>): T => tools[capability]!
  actionLaws(actions.get(name)!, {
    params: { target, ...params },
    tools: () => ({ [capability]: memoryOperations([target, other]) }),
    state: (tools) => {
      const { look, effects } = only(tools)
      return [look(target), look(other), [...effects]]
    },
    disturb: (tools) => only(tools).doByHand(target),
  })
}

test.each(Object.entries(SETTINGS))('%s makes true what it says it changes', async (name, setting) => {
  const [capability, given, document] = setting
  const specs = memorySpecs({ [target]: { ...document, untouched: 7 } })
  const action = actions.get(name)!
  const params = { target, ...given }
  const x = { params, tools: { [capability]: specs }, abort: new AbortController().signal }
  const before = await action.capture(x)
  const was = specs.look(target)
  const said = action.diff!(params, before)
  await action.apply({ ...x, before, key: 'run-1/apply' })
  const is = specs.look(target)
  expect(said.map(({ name: key, from }) => [key, from])).toEqual(said.map(({ name: key }) => [key, was[key] ?? null]))
  expect(said.map(({ name: key, to }) => [key, to])).toEqual(said.map(({ name: key }) => [key, is[key] ?? null]))
  const untold = Object.keys(is).filter((key) => !said.some(({ name: told }) => told === key))
  expect(untold.map((key) => is[key])).toEqual(untold.map((key) => was[key]))
})

test('no action is without laws', () => {
  const tried = [...Object.keys(SETTINGS), ...Object.keys(OPERATIONS), 'restart-instance']
  expect([...actions.keys()].toSorted()).toEqual(tried.toSorted())
})

test.each<readonly [string, Json]>([
  ['scale', { target, replicas: -1 }],
  ['scale', { target, replicas: 1.5 }],
  ['shift-traffic', { target, weights: {} }],
  ['shift-traffic', { target, weights: { 'web-1': 0, 'web-2': 0 } }],
  ['shift-traffic', { target, weights: { 'web-1': 101 } }],
  ['drain-instance', { target, instance: 'web-1' }],
  ['drain-instance', { target, instance: '', holdMs: 60_000 }],
  ['trip-breaker', { target, holdMs: 86_400_000 }],
  ['rate-limit', { target, rps: 0, holdMs: 60_000 }],
  ['limit-concurrency', { target, limit: 0, holdMs: 60_000 }],
  ['change-config', { target, values: {} }],
  ['run-command', { target, command: 'rm -rf /' }],
  ['run-command', { target, command: '../bin/true' }],
  ['run-command', { target, command: 'true', args: ['-x'] }],
  ['clean-disk', { target, path: '/' }],
])('%s does not take %j', (name, params) => {
  expect(actions.get(name)!.params.safeParse(params).success).toBe(false)
})
