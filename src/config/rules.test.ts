import { expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import type { RuleConfig } from './config.ts'
import { loadConfig } from './load.ts'

function load(...lines: string[]): readonly RuleConfig[] | string[] {
  const text = ['version: 1', 'aliases: { busy: "sum(rate(x[1m]))" }', 'rules:', ...lines, ''].join('\n')
  try {
    return loadConfig(text, { file: 'k', env: {}, readFile: () => '' }).rules
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown.message.split('\n')
    throw thrown
  }
}

const WORDS = ['    summary: leaks threads', '    recommendation: restart it']

test('a rule of the file is as the shipped ones are', () => {
  expect(
    load('  - cause: thread-leak', '    when: threads > 5000 and busy > 1', '    confidence: 0.8', ...WORDS),
  ).toEqual([
    {
      cause: 'thread-leak',
      when: 'threads > 5000 and busy > 1',
      confidence: 0.8,
      summary: 'leaks threads',
      recommendation: 'restart it',
      affects: 'dependents',
    },
  ])
})

test('a bad rule is refused, with its place', () => {
  const rule = (when: string, confidence: string, ...more: string[]): unknown =>
    load('  - cause: c', `    when: ${when}`, `    confidence: ${confidence}`, ...WORDS, ...more)
  expect(rule('threads >', '2', '    affects: all')).toEqual([
    expect.stringMatching(/^k:5:11: rules\[0\]\.when: .*expected a number/),
    'k:6:17: rules[0].confidence: expected a number from 0 to 1, got 2',
    'k:9:14: rules[0].affects: expected "parts", "shared-fate" or "dependents", got "all"',
  ])
  expect(rule('avg(busy[5m]) > 1', '.5')).toEqual([
    expect.stringMatching(/^k:5:11: rules\[0\]\.when: .* needs a metric/),
  ])
  expect(load('  - cause: c')).toHaveLength(4)
})
