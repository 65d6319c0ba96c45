import { expect, test } from 'vitest'
import { countVitest, lastLine, readArguments, sum } from './tally.mjs'

const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 1, testResults: [] }
const one = { status: 'failed', assertionResults: [{}] }
const unreadable = { status: 'failed', assertionResults: [] }

test.each([
  ['all well', true, report, { passed: 5, failed: 0, skipped: 2 }],
  ['a failed test', false, { ...report, numFailedTests: 1, testResults: [one] }, { passed: 5, failed: 1, skipped: 2 }],
  ['a file that cannot be read', false, { ...report, testResults: [unreadable] }, { passed: 5, failed: 1, skipped: 2 }],
  ['an error outside any test', false, report, { passed: 5, failed: 1, skipped: 2 }],
  ['no report at all', true, undefined, { passed: 0, failed: 1, skipped: 0 }],
])('counts %s', (_, ok, said, expected) => {
  expect(countVitest(ok, said)).toEqual(expected)
})

test('the last line names skipped tests only when there are some', () => {
  const count = { passed: 2, failed: 0, skipped: 0 }
  expect(lastLine(count)).toBe('2 passed, 0 failed')
  expect(lastLine(sum([count, { passed: 0, failed: 1, skipped: 3 }]))).toBe('2 passed, 1 failed, 3 skipped')
})

test('--only picks checks; the rest goes to vitest', () => {
  const names = ['lint', 'vitest']
  expect(readArguments(['-t', 'x'], names)).toEqual({ only: names, rest: ['-t', 'x'], unknown: [] })
  expect(readArguments(['--only', 'vitest', 'src'], names)).toEqual({ only: ['vitest'], rest: ['src'], unknown: [] })
  expect(readArguments(['--only=lint,nope'], names)).toEqual({ only: ['lint', 'nope'], rest: [], unknown: ['nope'] })
})
