// Runs every check of the project in order, each under a heading, and ends with one line: `N passed, N failed`.
// `--only NAME[,NAME]` picks checks; every other argument goes to vitest (`--only vitest src/config`).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { countCheck, countVitest, lastLine, readArguments, sum } from './lib/tally.mjs'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const PATH = [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter)

const CHECKS = {
  format: ['oxfmt', '--check', '.'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  types: ['tsc', '-p', '.'],
  'types-of-scripts': ['tsc', '-p', 'scripts'],
  'types-of-web': ['tsc', '-p', 'web'],
  'dead-code': ['knip', '--no-progress'],
}

/** @param {readonly string[]} command @returns {boolean} whether it ended with exit code 0 */
function run([program = '', ...args]) {
  const done = spawnSync(program, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, PATH } })
  if (done.error) console.error(`${program} cannot be started: ${done.error.message}`)
  return done.status === 0
}

/** @param {readonly string[]} args */
function runVitest(args) {
  const folder = mkdtempSync(join(tmpdir(), 'kintsugi-test-'))
  const file = join(folder, 'vitest.json')
  try {
    const ok = run(['vitest', 'run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
    return countVitest(ok, readReport(file))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // vitest died before it wrote one
  }
}

const { only, rest, unknown } = readArguments(process.argv.slice(2), [...Object.keys(CHECKS), 'vitest'])
if (unknown.length > 0) {
  console.error(`no check is named ${unknown.join(', ')}: choose from ${Object.keys(CHECKS).join(', ')}, vitest`)
  process.exit(2)
}

const counts = []
for (const [name, command] of Object.entries(CHECKS)) {
  if (!only.includes(name)) continue
  console.log(`\n=== ${name}: ${command.join(' ')}`)
  const ok = run(command)
  if (!ok) console.log(`=== ${name}: failed`)
  counts.push(countCheck(ok))
}
if (only.includes('vitest')) {
  console.log('\n=== vitest')
  counts.push(runVitest(rest))
}

const total = sum(counts)
console.log(`\n${lastLine(total)}`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
