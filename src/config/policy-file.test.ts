import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import { loadConfig } from './load.ts'
import type { Config } from './config.ts'

const ROOT = join(import.meta.dirname, '../..')
const DESIGN = readFileSync(join(ROOT, 'test/fixtures/design-policies.yaml'), 'utf8')
const EXAMPLE = readFileSync(join(ROOT, 'examples/configmap-policies.yaml'), 'utf8')
const MAIN = `version: 1
connectors: { k8s: { type: process, dir: run } }
policyFiles: [a.yaml]
`

function load(files: Readonly<Record<string, string>>, main = MAIN): Config {
  return loadConfig(main, {
    file: 'etc/kintsugi.yaml',
    env: {},
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw new Error('no such file')
      return text
    },
  })
}

function problems(files: Readonly<Record<string, string>>, main = MAIN): string[] {
  try {
    load(files, main)
    return []
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown.message.split('\n')
    throw thrown
  }
}

/** A ConfigMap with these lines as its policies, from line 5 on, column 5. */
const configMap = (lines: readonly string[], style = '|'): string =>
  [
    'kind: ConfigMap',
    'metadata: { name: x, labels: { a: b } }',
    'data:',
    `  policies.yaml: ${style}`,
    ...lines.map((line) => (line === '' ? '' : `    ${line}`)),
    '',
  ].join('\n')

describe("the design's own ConfigMap", () => {
  test('loads unmodified, and means what it says', () => {
    const { policies } = load({ 'etc/a.yaml': EXAMPLE })
    expect(policies).toMatchObject([
      {
        name: 'high-cpu-scaling',
        condition: 'cpu_utilization > 80 for 5m',
        target: 'k8s:default/deployment/frontend',
        ladder: ['scale-up', 'page'],
        settings: { 'scale-up': { factor: 2, max: 10 } },
        cooldownMs: 600_000,
      },
      {
        name: 'oom-restart',
        target: '*:*/pod/*',
        ladder: ['restart-instance', 'restart-service', 'page'],
        limit: { attempts: 3, withinMs: 86_400_000, latches: false },
        cooldownMs: 1_800_000,
      },
      { name: 'service-unavailable-restart', condition: 'health_check_failed for 3m' },
      {
        name: 'traffic-spike-rate-limit',
        condition: 'qps > threshold * 2 for 1m',
        target: '*:*/ingress/*',
        ladder: ['rate-limit', 'page'],
        settings: { 'rate-limit': { rps: 1000 } },
      },
    ])
    expect(policies.every(({ autonomy }) => autonomy === 'observe')).toBe(true)
  })

  test('holds the very text of the design, which is a policy file by itself', () => {
    expect(EXAMPLE.replaceAll(/^ {4}/gm, '')).toContain(DESIGN)
    expect(load({ 'etc/a.yaml': DESIGN }).policies).toEqual(load({ 'etc/a.yaml': EXAMPLE }).policies)
  })
})

test('policies of files come after those of the configuration, and change its digest', () => {
  const own = `${MAIN}policies: [{ name: own, condition: up < 1, target: pod, action: page }]\n`
  const config = load({ 'etc/a.yaml': DESIGN }, own)
  expect(config.policies.map(({ name }) => name).slice(0, 2)).toEqual(['own', 'high-cpu-scaling'])
  expect(load({ 'etc/a.yaml': `${DESIGN}# changed\n` }, own).digest).not.toBe(config.digest)
})

describe('a problem', () => {
  const bad = [
    '# policies',
    '',
    'policies:',
    '  - { name: p, condition: up <, target: pod, action: page }',
    '  - name: q',
    '    condition: up < 1',
    '    target: a/b/c/d',
    '    action: dance',
  ]
  const [first, second] = [
    "policies[0].condition: expected a number, a metric, a function or '(' at the end of 'up <'",
    'policies[1].action: expected "restart", "scale_up"',
  ]

  test('in a policy file has its place there', () => {
    const said = problems({ 'etc/a.yaml': bad.join('\n') })
    expect(said.map((line) => line.split(' ')[0])).toEqual(['etc/a.yaml:4:27:', 'etc/a.yaml:8:13:'])
    expect(said[1]).toContain(second)
    expect(said[0]).toContain(first.slice(0, 21))
  })

  test('in the policies of a ConfigMap has its place in the manifest', () => {
    const places = (style: string): string[] =>
      problems({ 'etc/a.yaml': configMap(bad, style) }).map((line) => line.split(' ')[0] ?? '')
    expect(places('|')).toEqual(['etc/a.yaml:8:31:', 'etc/a.yaml:12:17:'])
    expect(places('|-')).toEqual(places('|'))
    expect(
      problems({ 'etc/a.yaml': configMap(bad).replaceAll('\n', '\r\n') }).map((line) => line.split(' ')[0]),
    ).toEqual(places('|'))
    // Folded lines are others than those of the file: the place is that of the text.
    expect(places('>-').every((place) => place === 'etc/a.yaml:4:18:')).toBe(true)
  })

  test('that is found when names are looked up has its place too, beside those of the configuration', () => {
    const lost = ['policies:', '  - { name: p, condition: up < 1, target: "gone:a/b/c", action: page }']
    expect(problems({ 'etc/a.yaml': configMap(lost) }, `${MAIN}never: ["gone:**"]\n`)).toEqual([
      'etc/kintsugi.yaml:4:9: never[0]: no connector is named "gone"; known here: k8s',
      'etc/a.yaml:6:47: policies[0].target: no connector is named "gone"; known here: k8s',
    ])
  })

  test('of YAML, of another manifest, of a name that stands twice, of a file that is not there', () => {
    expect(problems({ 'etc/a.yaml': configMap(['policies: [']) })[0]).toContain('etc/a.yaml:6:1: ')
    expect(problems({ 'etc/a.yaml': 'kind: Secret\ndata: { policies.yaml: x }' })).toEqual([
      'etc/a.yaml:1:7: kind: expected "ConfigMap", got "Secret"',
    ])
    expect(problems({ 'etc/a.yaml': 'kind: ConfigMap\ndata: { policies: x }' })).toEqual([
      'etc/a.yaml:2:7: data["policies.yaml"]: expected the policies as a text, but it is missing',
    ])
    expect(problems({ 'etc/a.yaml': '' })).toEqual(['etc/a.yaml:1:1: expected a section with policies, got nothing'])
    const own = `${MAIN}policies: [{ name: oom-restart, condition: up < 1, target: pod, action: page }]\n`
    expect(problems({ 'etc/a.yaml': DESIGN }, own)).toEqual([
      'etc/a.yaml:3:13: policies[1].name: "oom-restart" stands twice: each name may be used once',
    ])
    expect(problems({})).toEqual(['etc/kintsugi.yaml:3:15: policyFiles[0]: cannot read "a.yaml": no such file'])
  })
})
