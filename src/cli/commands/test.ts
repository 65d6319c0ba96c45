import type { Played } from '../../engine/policy-tests/play.ts'
import type { Miss } from '../../engine/policy-tests/judge.ts'
import { durationText } from '../../lib/duration.ts'
import { type CliCommand, examples } from '../command.ts'
import { print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

type FilePlayed = { readonly file: string; readonly tests: readonly Played[] }

export const testCommand: CliCommand = {
  name: 'test',
  register: (program, act) =>
    program
      .command('test')
      .description(
        'play tests of policies: given signals and alerts, what would be planned, and what would the gates say',
      )
      .argument('<files...>', 'YAML: the configuration, and tests of it (docs/testing-policies.md)')
      .addHelpText('after', examples('kintsugi test policy-tests/*.yaml', 'kintsugi test web.yaml -o json'))
      .addHelpText(
        'after',
        'The real stages on a simulated clock, without connectors; nothing is recorded. Effects are not simulated: each\n' +
          'expectation is asked as if nothing had been done before it. Ends with 1 when a test fails, 2 for a bad file.\n',
      )
      .action(
        act(async (context, _options, ...files) => {
          const played: FilePlayed[] = []
          for (const file of files) played.push({ file, tests: await context.deps.playPolicyTests(file) })
          const tests = played.flatMap((one) => one.tests)
          const failed = tests.filter(({ misses }) => misses.length > 0).length
          const sum = { tests: tests.length, failed }
          print(context, { ...sum, files: played }, [...played.flatMap(linesOf), sumText(sum)].join('\n'))
          return failed === 0 ? EXIT.ok : EXIT.error
        }),
      ),
}

function linesOf({ file, tests }: FilePlayed): string[] {
  return tests.flatMap(({ name, misses }) => [
    `${misses.length === 0 ? 'ok  ' : 'FAIL'}  ${printable(file)}: ${printable(name)}`,
    ...misses.flatMap(missLines),
  ])
}

function missLines({ atMs, expected, was }: Miss): string[] {
  const told = was.flatMap(({ decision, reasons }) => [
    `        was       ${printable(decision)}`,
    ...reasons.map((reason) => `                  - ${printable(reason)}`),
  ])
  return [
    `      at ${durationText(atMs)}`,
    `        expected  ${printable(expected)}`,
    ...(was.length === 0 ? ['        was       none: nothing that it speaks of is wrong'] : told),
  ]
}

function sumText({ tests, failed }: { readonly tests: number; readonly failed: number }): string {
  return `${tests} ${tests === 1 ? 'test' : 'tests'}, ${failed === 0 ? 'all passed' : `${failed} failed`}`
}
