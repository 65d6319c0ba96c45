import { banner } from '../banner.ts'
import { type CliCommand, examples } from '../command.ts'
import { print, sightOf, whereOf } from '../context.ts'
import type { Check } from '../deps.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { table } from '../text.ts'

export const doctor: CliCommand = {
  name: 'doctor',
  register: (program, act) =>
    program
      .command('doctor')
      .description('say what is reachable, what may be written, and what is wrong with clocks, record and disk')
      .addHelpText('after', examples('kintsugi doctor', 'kintsugi doctor -o json'))
      .action(
        act(async (context) => {
          const [status, checks] = await Promise.all([
            sightOf(context).catch(() => ({ unseen: 'the configuration cannot be read' })),
            context.deps.doctor(whereOf(context)),
          ])
          print(context, { status, checks }, `${banner(status)}\n\n${checkTable(checks)}`)
          return exitOfChecks(checks)
        }),
      ),
}

function checkTable(checks: readonly Check[]): string {
  const word = ({ ok, blind }: Check): string => (ok ? 'ok' : blind === true ? 'BLIND' : 'BAD')
  return table(
    ['CHECK', 'RESULT', 'DETAIL', 'WHAT TO DO'],
    checks.map((check) => [check.name, word(check), check.detail, check.ok ? '' : (check.fix ?? '-')]),
  )
}

/** Something wrong weighs more than something unseen. No check at all is no proof of health. */
function exitOfChecks(checks: readonly Check[]): ExitCode {
  const bad = checks.filter(({ ok }) => !ok)
  if (checks.length === 0 || bad.some(({ blind }) => blind !== true)) return EXIT.error
  return bad.length > 0 ? EXIT.blind : EXIT.ok
}
