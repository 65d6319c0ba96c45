import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { UsageError } from '../domain/errors.ts'
import type { Policy } from '../domain/policy.ts'
import type { Json } from '../lib/json.ts'
import { loadConfig } from './load.ts'
import type { Catalogue } from './scope.ts'

const scaleUp: z.ZodType<Json> = z.strictObject({
  factor: z.number().exactOptional(),
  by: z.int().exactOptional(),
  max: z.int().default(10),
})
const rateLimit: z.ZodType<Json> = z.strictObject({ rps: z.number().min(1) })
const CATALOGUE: Catalogue = {
  remedies: new Map<string, z.ZodType<Json> | undefined>([
    ...['restart-instance', 'restart-service', 'page'].map((name) => [name, undefined] as const),
    ['scale-up', scaleUp],
    ['rate-limit', rateLimit],
  ]),
  actions: ['restart-instance'],
}

/** The policy of a file of one, or the lines of its refusal. It begins in line 4, column 5. */
function load(...keys: string[]): Policy | string[] {
  const text = `version: 1
connectors: { lab: { type: process, dir: run } }
policies:
  - name: p
${keys.map((line) => `    ${line}\n`).join('')}`
  try {
    const [policy] = loadConfig(text, { file: 'k', env: {}, readFile: () => '', catalogue: CATALOGUE }).policies
    return policy!
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown.message.split('\n')
    throw thrown
  }
}
const USUAL = ['condition: up < 1 for 1m', 'target: lab:shop/instance/*']

describe('a rung', () => {
  test('is the name of a remedy, or one with its settings as the remedy reads them', () => {
    const policy = load(...USUAL, 'ladder: [restart-instance, { scale-up: { by: 2 } }, page]')
    expect(policy).toMatchObject({
      ladder: ['restart-instance', 'scale-up', 'page'],
      settings: { 'scale-up': { by: 2, max: 10 } },
    })
    expect(load(...USUAL, 'ladder: [scale-up]')).not.toHaveProperty('settings')
  })

  test('with wrong settings is refused, with the place', () => {
    const ladder = (...rungs: string[]): unknown => load(...USUAL, 'ladder:', ...rungs.map((rung) => `  - ${rung}`))
    expect(ladder('scale-up: { by: two }')).toEqual([
      'k:8:25: policies[0].ladder[0].scale-up.by: scale-up needs by: expected number, received string',
    ])
    expect(ladder('scale-up: { bye: 2 }', 'rate-limit: {}')).toEqual([
      'k:8:21: policies[0].ladder[0].scale-up.bye: unknown setting of scale-up; did you mean "by"?',
      'k:9:21: policies[0].ladder[1].rate-limit.rps: rate-limit needs rps: expected number, received undefined',
    ])
    expect(ladder('restart-instance: { force: true }', 'scale_up')).toEqual([
      'k:8:9: policies[0].ladder[0]: restart-instance takes no settings',
      'k:9:9: policies[0].ladder[1]: no remedy is named "scale_up"; did you mean "scale-up"?',
    ])
    expect(ladder('page', 'page')).toEqual(['k:9:9: policies[0].ladder[1]: "page" stands twice on this ladder'])
    expect(ladder('{ page: {}, scale-up: {} }')).toEqual([
      'k:8:9: policies[0].ladder[0]: expected the name of a remedy, or one with its settings such as "scale-up: { by: 2 }", got a section',
    ])
  })
})

describe('threshold', () => {
  const ladder = ['target: lab:shop/instance/*', 'ladder: [page]']

  test("is put into the condition as the policy's own number", () => {
    expect(load('condition: qps > threshold * 2 for 1m', 'threshold: 500', ...ladder)).toMatchObject({
      condition: 'qps > 500 * 2 for 1m',
    })
    expect(load('condition: x < threshold', 'threshold: -0.5', ...ladder)).toMatchObject({
      condition: 'x < -0.5 for 2m',
    })
  })

  test('stays in the condition to be learned where it is not given', () => {
    expect(load('condition: qps > threshold * 2 for 1m', ...ladder)).toMatchObject({
      condition: 'qps > threshold * 2 for 1m',
    })
  })

  test('is refused where the condition does not name it', () => {
    expect(load('condition: qps > 2', 'threshold: 500', ...ladder)).toEqual([
      'k:6:5: policies[0].threshold: is not named by the condition',
    ])
  })
})

describe('a short action', () => {
  test('is a ladder that ends at a person, with what stands beside it', () => {
    expect(load(...USUAL, 'action: scale_up', 'scale_factor: 2', 'max_replicas: 8')).toMatchObject({
      ladder: ['scale-up', 'page'],
      settings: { 'scale-up': { factor: 2, max: 8 } },
      autonomy: 'observe',
      allowIrreversible: [],
    })
    expect(load(...USUAL, 'action: restart', 'restart_count_limit: 3')).toMatchObject({
      ladder: ['restart-instance', 'restart-service', 'page'],
      limit: { attempts: 3, withinMs: 86_400_000, latches: false },
    })
    expect(load(...USUAL, 'action: page')).toMatchObject({ ladder: ['page'] })
  })

  test('is refused where it says too little, too much or what it cannot', () => {
    expect(load(...USUAL)).toEqual(['k:4:5: policies[0]: needs exactly one of ladder and action'])
    expect(load(...USUAL, 'action: restart', 'ladder: [page]')).toEqual([
      'k:4:5: policies[0]: needs exactly one of ladder and action',
    ])
    expect(load(...USUAL, 'action: restart', 'scale_factor: 2', 'limit_rps: 1')).toEqual([
      'k:8:5: policies[0].scale_factor: stands beside an action that comes to scale-up or scale-down only',
      'k:9:5: policies[0].limit_rps: stands beside an action that comes to rate-limit only',
    ])
    expect(load(...USUAL, 'action: scale_up', 'restart_count_limit: 3')).toEqual([
      'k:8:5: policies[0].restart_count_limit: stands beside "action: restart" only',
    ])
    expect(load(...USUAL, 'action: rate_limit', 'limit_rps: 0')).toEqual([
      'k:8:16: policies[0].limit_rps: rate-limit needs rps: Too small: expected number to be >=1',
    ])
    expect(load(...USUAL, 'action: rate_limit')).toEqual([
      'k:7:13: policies[0].action: rate-limit needs rps: expected number, received undefined',
    ])
    expect(load(...USUAL, 'action: warm_cache')).toEqual([
      expect.stringContaining('k:7:13: policies[0].action: no remedy is named "warm-cache"'),
    ])
  })
})

test("a kind alone is the incident's own target of that kind, wherever it is", () => {
  const [condition = ''] = USUAL
  expect(load(condition, 'target: pod', 'ladder: [page]')).toMatchObject({ target: '*:*/pod/*' })
})

test('a short form means the one connector that has its kind', () => {
  const targetOf = (target: string): unknown => {
    const text = `version: 1
connectors:
  lab: { type: process, dir: run }
  edge: { type: balancer, url: "http://127.0.0.1:1", namespace: shop, fronts: { web: shop/service/web } }
policies: [{ name: p, condition: up < 1, target: ${target}, action: page }]
`
    const config = loadConfig(text, { file: 'k', env: {}, readFile: () => '' })
    return [config.policies[0]?.target, config.connectors[1]]
  }
  const edge = expect.objectContaining({ fronts: { web: 'lab:shop/service/web' } })
  expect(targetOf('shop/pool/web')).toEqual(['edge:shop/pool/web', edge])
  expect(targetOf('"shop/instance/*"')).toEqual(['lab:shop/instance/*', edge])
  expect(() => targetOf('deployment/web')).toThrow('names no connector, and 2 are configured (lab, edge)')
})
