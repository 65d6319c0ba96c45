// What `test.mjs` counts, pure.

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Count
 * @typedef {{ status: string, assertionResults: readonly unknown[] }} FileReport
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: readonly FileReport[] }} VitestReport
 */

/** @param {boolean} ok @returns {Count} */
export function countCheck(ok) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 }
}

/**
 * A test file that could not even be read counts as one failure, and so does anything else that made vitest fail.
 * @param {boolean} ok whether vitest ended well
 * @param {VitestReport | undefined} report what it wrote, if it came so far
 * @returns {Count}
 */
export function countVitest(ok, report) {
  if (!report) return countCheck(false)
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const failed = report.numFailedTests + broken.length
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && !ok ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** @param {readonly Count[]} counts @returns {Count} */
export function sum(counts) {
  return counts.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    { passed: 0, failed: 0, skipped: 0 },
  )
}

/** @param {Count} count */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * Splits the command line into the checks to run (all without `--only`) and the arguments for vitest.
 * @param {readonly string[]} args
 * @param {readonly string[]} names
 */
export function readArguments(args, names) {
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='))
  if (at < 0) return { only: names, rest: args, unknown: [] }
  const inOne = args[at]?.includes('=') ?? false
  const only = ((inOne ? args[at]?.split('=')[1] : args[at + 1]) ?? '').split(',')
  const rest = [...args.slice(0, at), ...args.slice(at + (inOne ? 1 : 2))]
  return { only, rest, unknown: only.filter((name) => !names.includes(name)) }
}
