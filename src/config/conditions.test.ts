import { describe, expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'
import { comparisonIn } from './promql-comparison.ts'

function loaded(policy: string, ...lines: string[]): Config {
  const text = [
    'version: 1',
    'connectors: { lab: { type: process, dir: run } }',
    'sources: { prometheus: { url: "http://x", queries: [{ name: own, expr: up, target: lab:a/b/c }] } }',
    ...lines,
    `policies: [{ name: checkout-5xx, target: lab:shop/service/web, ladder: [page], ${policy} }]`,
  ]
  return loadConfig(text.join('\n'), { file: 'kintsugi.yaml', env: {}, readFile: () => '' })
}
const conditionOf = (...args: Parameters<typeof loaded>): string | undefined => loaded(...args).policies[0]?.condition

describe('a condition on an alert', () => {
  test('may be written as its labels, or as text; what it means is the same', () => {
    const text = 'alert{alertname="HighErrors", severity="critical"}'
    expect(conditionOf('condition: { alert: { alertname: HighErrors, severity: critical } }')).toBe(text)
    expect(conditionOf(`condition: '${text}'`)).toBe(text)
  })

  test('holds as long as the file says, and no longer than its own rule where the file says nothing', () => {
    expect(conditionOf('condition: { alert: { a: b }, for: 5m }')).toBe('alert{a="b"} for 5m')
    expect(conditionOf('condition: { alert: { a: b } }, for: 5m')).toBe('alert{a="b"} for 5m')
    expect(conditionOf(`condition: 'alert{a="b"} and up < 1'`)).toBe('alert{a="b"} and up < 1')
    // This one can be true without an alert, and then one reading would be enough.
    expect(conditionOf(`condition: 'alert{a="b"} or up < 1'`)).toBe(
      '(alert{a="b"} or up < 1) for 2m'.replace(/[()]/g, ''),
    )
  })

  test('quotes what stands in a label', () => {
    expect(conditionOf(`condition: { alert: { a: 'x"y\\z' } }`)).toBe(String.raw`alert{a="x\"y\\z"}`)
  })
})

describe('a condition in PromQL', () => {
  test('asks for the left side of the comparison, which Kintsugi then makes itself', () => {
    const { policies, prometheus } = loaded(`condition: { promql: 'sum(rate(x{code=~"5.."}[5m])) > 0.05', for: 5m }`)
    expect(prometheus?.queries).toEqual([
      { name: 'own', expr: 'up', target: 'lab:a/b/c' },
      { name: 'policy:checkout_5xx', expr: 'sum(rate(x{code=~"5.."}[5m]))', target: 'lab:shop/service/web' },
    ])
    expect(policies[0]?.condition).toBe('max(policy:checkout_5xx) > 0.05 for 5m')
  })

  test('holds as long as any other condition where the file does not say', () => {
    expect(conditionOf(`condition: { promql: 'x < 1' }`)).toBe('min(policy:checkout_5xx) < 1 for 2m')
    expect(conditionOf(`condition: { promql: 'x == 1' }`, 'profile: lab')).toBe('policy:checkout_5xx == 1')
  })

  test.each([
    ['a > 1', 'a', '>', 1],
    ['a / on(x) group_left b >= 1.5e3', 'a / on(x) group_left b', '>=', 1500],
    ['  (a and b)  !=\n -1 # why', '(a and b)', '!=', -1],
    [
      'sum by (le) (rate(a{b!="> 2", c=~"x|and"}[5m:1m] offset 5m)) < .5',
      'sum by (le) (rate(a{b!="> 2", c=~"x|and"}[5m:1m] offset 5m))',
      '<',
      0.5,
    ],
    ['a # b > 2\n > 3', 'a # b > 2', '>', 3],
    ['count(a > 1) > 2', 'count(a > 1)', '>', 2],
  ])('%s is taken apart', (expr, left, op, right) => {
    expect(comparisonIn(expr)).toEqual({ left, op, right })
  })

  test.each([
    'a',
    'a > b',
    'a > bool 1',
    'a and b > 1',
    'a > 1 unless b',
    '1 > a',
    'a > 1 > 2',
    '> 1',
    'a > 1 + 1',
    'a > NaN',
  ])('%s is refused, since no data would pass for health', (expr) => {
    expect(() => comparisonIn(expr)).toThrow(UsageError)
  })
})

describe('alertTargets', () => {
  test('are kept in order, each with the labels that it trusts', () => {
    const { alertTargets } = loaded(
      'condition: up < 1',
      'trustLabels: [namespace]',
      'alertTargets:',
      '- { match: { alertname: "Web.*", pod: .+ }, target: "lab:{namespace}/instance/{pod}", lift: workload }',
      '- { match: { x: y }, target: "lab:{exported_namespace}/service/web", trustLabels: [exported_namespace] }',
      '- { match: { x: z }, target: service/web }',
    )
    expect(alertTargets).toEqual([
      {
        match: [
          { label: 'alertname', op: '=~', value: 'Web.*' },
          { label: 'pod', op: '=~', value: '.+' },
        ],
        target: 'lab:{namespace}/instance/{pod}',
        lift: 'workload',
        trustLabels: ['namespace'],
      },
      {
        match: [{ label: 'x', op: '=~', value: 'y' }],
        target: 'lab:{exported_namespace}/service/web',
        trustLabels: ['exported_namespace'],
      },
      { match: [{ label: 'x', op: '=~', value: 'z' }], target: 'lab:default/service/web', trustLabels: ['namespace'] },
    ])
  })
})
