import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ran, type Ran } from '../../test/fixtures/cli.ts'
import { playPolicyTests } from '../main/policy-tests.ts'
import { EXIT } from './exit.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples/policy-tests')
const play = (...argv: string[]): Promise<Ran> => ran(['test', ...argv], { playPolicyTests })

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'policy-tests-'))))
afterEach(() => rmSync(folder, { recursive: true }))

/** The example with something in it changed. */
async function changed(from: string | RegExp, to: string, ...argv: string[]): Promise<Ran> {
  const text = readFileSync(join(EXAMPLES, 'web.yaml'), 'utf8')
  expect(text).toMatch(from)
  const file = join(folder, 'web.yaml')
  writeFileSync(join(folder, 'kintsugi.yaml'), readFileSync(join(EXAMPLES, 'kintsugi.yaml')))
  writeFileSync(file, text.replace(from, to))
  return play(file, ...argv)
}

test('the example passes', async () => {
  const { exit, out, err } = await play(join(EXAMPLES, 'web.yaml'))
  expect({ exit, err }).toEqual({ exit: EXIT.ok, err: '' })
  expect(out).not.toContain('FAIL')
  expect(out).toMatch(/^ok {4}.*web\.yaml: an instance that is down for a minute is restarted$/m)
  expect(out).toMatch(/\n4 tests, all passed\n$/)
})

describe('a test fails, and says what was expected, what was and why, when', () => {
  test.each([
    [
      'the mode is shadow',
      'mode: live',
      'mode: shadow',
      'restart-instance on host:shop/instance/web-1, deny',
      '- shadow: ',
    ],
    [
      'the other plan is made',
      'plan: restart-instance, verdict: allow',
      'plan: page',
      'restart-instance on',
      '- instance-down: ',
    ],
    ['the plan comes later', 'at: 2m, policy', 'at: 1m, policy', 'none: nothing that it speaks of is wrong', ''],
    ['nothing was to be done', 'at: 1m, plan', 'at: 2m, plan', 'restart-instance on', ''],
    ['another instance is down first', '"1x10"', '"0x10"', 'restart-instance on host:shop/instance/web-2, allow', ''],
    [
      'another gate was to object',
      'gates: \\[autonomy]',
      'gates: [lock]',
      'restart-instance on host:shop/instance/web-1, hold',
      '- autonomy: ',
    ],
    ['there is another reason', 'because: blind', 'because: weather', 'none for host:shop/service/web', '- blind: '],
    [
      'nobody sees it and it is to be restarted',
      'plan: none, because: blind',
      'plan: restart-instance',
      'none for',
      '',
    ],
  ])('%s', async (_name, from, to, was, reason) => {
    const { exit, out, err } = await changed(new RegExp(from), to)
    expect({ exit, err }).toEqual({ exit: EXIT.error, err: '' })
    expect(out).toContain('FAIL')
    expect(out).toContain(`was       ${was}`)
    expect(out).toContain(reason)
    expect(out).toMatch(/4 tests, [1-4] failed\n$/)
  })
})

test('as JSON it is one document', async () => {
  const { out } = await changed('mode: live', 'mode: shadow', '-o', 'json')
  const { tests, failed, files } = JSON.parse(out) as { tests: number; failed: number; files: unknown[] }
  expect({ tests, failed }).toEqual({ tests: 4, failed: 2 })
  expect(files).toMatchObject([
    { tests: [{ misses: [{ atMs: 120_000, was: [{ reasons: expect.any(Array) }] }] }, {}, {}, {}] },
  ])
})

test('a bad file is a usage error with line and column; one that is not there is named', async () => {
  expect(await changed('plan: none', 'plan: nothing')).toMatchObject({
    exit: EXIT.usage,
    out: '',
    err: expect.stringMatching(/web\.yaml:16:25: tests\[0]\.expect\[0]\.plan: "nothing" is not known/),
  })
  expect(await play(join(folder, 'none.yaml'))).toMatchObject({
    exit: EXIT.usage,
    err: expect.stringContaining('none.yaml'),
  })
})

test('an effect is not simulated: what would be done is asked again as if nothing had been done', async () => {
  const { exit, out } = await changed(
    /( +- \{ at: 2m, policy)/,
    '      - { at: 105s, target: host:shop/instance/web-1, plan: restart-instance, verdict: allow }\n$1',
  )
  expect({ exit, out }).toMatchObject({ exit: EXIT.ok })
})
