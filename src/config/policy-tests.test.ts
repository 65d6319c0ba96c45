import { describe, expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'
import { readPolicyTests, type PolicyTests } from './policy-tests.ts'

const CONFIG = `version: 1
connectors: { lab: { type: process, dir: run } }
policies: [{ name: web-down, condition: up == 0, target: "lab:shop/instance/*", ladder: [page] }]
`
const configOf = (file: string): Config => loadConfig(CONFIG, { file, env: {}, readFile: () => '' })
const read = (text: string): PolicyTests =>
  readPolicyTests(text, 'folder/tests.yaml', { configOf, remedies: ['restart-instance', 'page'], gates: ['shadow'] })

const file = (expected: string, more = ''): string => `config: kintsugi.yaml
tests:
  - name: down
    targets: [{ ref: lab:shop/service/web }, { ref: lab:shop/instance/web-1, partOf: lab:shop/service/web }]
    expect: [${expected}]
${more}`

test('a file is read with its configuration, seen from its own folder, and with what is not said', () => {
  const { config, mode, tests } = read(file('{ at: 30s, plan: none }'))
  expect([config.file, mode]).toEqual(['folder/kintsugi.yaml', 'shadow'])
  expect(tests).toEqual([
    {
      name: 'down',
      startMs: Date.UTC(2026, 0, 1),
      intervalMs: 15_000,
      targets: [
        { ref: 'lab:shop/service/web', dependsOn: [], durable: true, sharedFate: [] },
        {
          ref: 'lab:shop/instance/web-1',
          partOf: 'lab:shop/service/web',
          dependsOn: [],
          durable: false,
          sharedFate: [],
        },
      ],
      signals: [],
      alerts: [],
      expect: [{ atMs: 30_000, plan: 'none' }],
    },
  ])
})

describe('a bad file is refused, with line and column', () => {
  test.each([
    ['{ at: 30s }', '5:14: tests[0].expect[0].plan: expected a remedy, "page" or "none", but it is missing'],
    ['{ at: soon, plan: none }', '5:20: tests[0].expect[0].at: expected a duration'],
    ['{ at: 1s, plan: none, verdit: hold }', '5:36: tests[0].expect[0].verdit: unknown key; did you mean "verdict"?'],
    ['{ at: 1s, plan: restart-instanc }', '"restart-instanc" is not known; did you mean "restart-instance"?'],
    ['{ at: 1s, plan: none, policy: web-dwn }', '"web-dwn" is not known; did you mean "web-down"?'],
    ['{ at: 1s, plan: none, target: lab:shop/instance/web-9 }', '5:44: tests[0].expect[0].target: '],
    ['{ at: 1s, plan: restart-instance, gates: [shadw] }', '"shadw" is not known; did you mean "shadow"?'],
    ['{ at: 1s, plan: page, verdict: hold }', 'no gate is asked where the plan is "page"'],
    ['{ at: 1s, plan: none, gates: [] }', 'no gate is asked where the plan is "none"'],
  ])('%s', (expected, problem) => {
    expect(() => read(file(expected))).toThrow(UsageError)
    expect(() => read(file(expected))).toThrow(problem)
    expect(() => read(file(expected))).toThrow(/^folder\/tests\.yaml:5:\d+: /)
  })

  test.each([
    ['    signals: [{ target: lab:shop/instance/web-1, metric: up, values: "1 y" }]', '6:', 'cannot read "y"'],
    ['    signals: [{ target: lab:shop/instance/web-9, metric: up, values: "1" }]', '6:25: ', 'is not known'],
    [
      '    signals: [{ target: lab:shop/instance/web-1, metric: health_check_failed, values: "1" }]',
      '6:58: ',
      '"health_check_failed" is an alias that no series is read by: give the series of 1 - up',
    ],
    ['    start: tomorrow', '6:12: ', 'expected a time such as'],
  ])('%s', (more, at, problem) => {
    const text = file('{ at: 1s, plan: none }', more)
    expect(() => read(text)).toThrow(`folder/tests.yaml:${at}`)
    expect(() => read(text)).toThrow(problem)
  })

  test('a target of no connector, one that stands twice, and an owner that does not exist', () => {
    const text = `config: k.yaml
tests:
  - name: down
    targets:
      - { ref: lba:shop/service/web }
      - { ref: lab:shop/instance/web-1, partOf: lab:shop/service/web }
      - { ref: lab:shop/instance/web-1 }
    expect: [{ at: 1s, plan: none }]
`
    expect(() => read(text)).toThrow(/:5:16: .*"lba" is not known; did you mean "lab"\?\n.*:6:49: .*\n.*:7:16: .*twice/)
  })
})
