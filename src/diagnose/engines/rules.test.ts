import { describe, expect, test } from 'vitest'
import { caseOf, finding, INTERVAL_MS, node, NOW, type Seen } from '../../../test/diagnosis-world.ts'
import { API, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import { topologyOf } from '../../domain/topology.ts'
import { diagnose } from '../diagnose.ts'
import { SHIPPED_RULES } from '../shipped-rules.ts'
import { rulesOf, type Rule } from './rules.ts'

const seen = (metric: string, value: number, agoMs = 0): Seen => ({ target: WEB_1, metric, values: [value], agoMs })
const shipped = rulesOf(SHIPPED_RULES)

describe('the shipped rules', () => {
  test.each<[string, readonly Seen[], readonly (readonly [string, number])[]]>([
    ['a full disk', [seen('disk_usage', 91)], [['disk-full', 0.95]]],
    ['slow, CPU above 80', [seen('latency_ms', 101), seen('cpu_utilization', 81)], [['cpu-pressure', 0.8]]],
    [
      'slow reads, memory above 85',
      [seen('read_latency_ms', 101), seen('memory_usage', 86)],
      [['memory-pressure', 0.75]],
    ],
    [
      'slow writes, CPU and memory at their limits',
      [seen('write_latency_ms', 101), seen('cpu_utilization', 80), seen('memory_usage', 85)],
      [['slow-storage', 0.7]],
    ],
    [
      'several at once, the surest first',
      [seen('latency_ms', 500), seen('cpu_utilization', 99), seen('memory_usage', 99), seen('disk_usage', 99)],
      [
        ['disk-full', 0.95],
        ['cpu-pressure', 0.8],
        ['memory-pressure', 0.75],
      ],
    ],
    [
      'slow, and memory not seen: storage cannot be singled out',
      [seen('latency_ms', 500), seen('cpu_utilization', 10)],
      [],
    ],
    ['busy and not slow', [seen('latency_ms', 100), seen('cpu_utilization', 99), seen('memory_usage', 99)], []],
    ['no connection to the database', [seen('db_connection_errors', 11)], [['pool-exhausted', 0.85]]],
    ['a flushed cache', [seen('cache_hit_rate', 49)], [['cold-cache', 0.8]]],
    ['a full disk that is not seen any more', [seen('disk_usage', 99, 3 * INTERVAL_MS + 1)], []],
    ['nothing seen', [], []],
  ])('%s', (_what, all, expected) => {
    const { hypotheses } = diagnose([shipped], caseOf(all))
    expect(hypotheses.map(({ cause, confidence }) => [cause, confidence])).toEqual(expected)
  })

  test('each say what to do', () => {
    expect(SHIPPED_RULES.filter(({ recommendation }) => recommendation === '')).toEqual([])
  })
})

describe('a rule', () => {
  const rule: Rule = {
    cause: 'hot',
    when: 'heat > 5 or glow > 1',
    confidence: 0.6,
    summary: 'is hot',
    recommendation: 'cool it',
    affects: 'parts',
  }

  test('keeps what it read by value, and nothing of what it did not see', () => {
    expect(rulesOf([rule]).suggest(caseOf([seen('heat', 6)]))).toEqual([
      {
        cause: 'hot',
        target: WEB_1,
        confidence: 0.6,
        summary: `${WEB_1} is hot`,
        for: [{ signal: 'heat', value: 6, limit: 5, at: NOW }],
        against: [],
        recommendation: 'cool it',
        affected: [WEB_1],
      },
    ])
  })

  test('reads metrics under the names that the configuration gives them', () => {
    const aliases = new Map([['heat', 'celsius / 10']])
    expect(rulesOf([rule]).suggest({ ...caseOf([seen('celsius', 60)]), aliases })).toHaveLength(1)
  })

  test('is silent about what nobody sees', () => {
    expect(rulesOf([rule]).suggest(caseOf([seen('heat', 6)], [finding(WEB_1, 'blind')]))).toEqual([])
  })

  test('that cannot be read is refused at once', () => {
    expect(() => rulesOf([{ ...rule, when: 'heat >' }])).toThrow('heat >')
  })

  test('names who suffers with the target, the target first', () => {
    const topology = topologyOf([
      ...TOPOLOGY.values(),
      node(WEB_1, { partOf: WEB, sharedFate: ['disk-1'] }),
      node(WEB_2, { partOf: WEB, sharedFate: ['disk-1', 'disk-2'] }),
      node(API, { dependsOn: [WEB] }),
    ])
    const affected = (affects: Rule['affects'], target = WEB_1): unknown =>
      rulesOf([{ ...rule, affects }]).suggest(caseOf([{ ...seen('heat', 6), target }], [finding(target)], topology))[0]
        ?.affected
    expect(affected('shared-fate')).toEqual([WEB_1, WEB_2])
    expect(affected('dependents')).toEqual([WEB_1, API])
    expect(affected('parts')).toEqual([WEB_1])
    expect(affected('parts', WEB)).toEqual([WEB, WEB_1, WEB_2, 'lab:shop/instance/web-3'])
  })
})
