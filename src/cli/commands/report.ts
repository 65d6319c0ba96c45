import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print, withReader } from '../context.ts'
import { EXIT } from '../exit.ts'
import { reportText } from '../render-report.ts'
import { reportFrom } from '../../engine/tasks/report.ts'
import { durationOf } from '../units.ts'

const HOUR_MS = 3_600_000

export const report: CliCommand = {
  name: 'report',
  register: (program, act) =>
    program
      .command('report')
      .description('what would have been done, what others did, what ended alone, which alerts name a target')
      .option('--since <duration>', 'look back so far', '24h')
      .addHelpText('after', examples('kintsugi report', 'kintsugi report --since 30d -o json'))
      .action(
        act<{ since: string }>(async (context, { since }) => {
          const to = context.now.wallMs
          const from = to - durationOf(since)
          const made =
            context.globals.url === undefined
              ? await withReader(context, (reader) => reportFrom(reader, { from, to }))
              : await (await ownerOf(context)).report({ hours: Math.max(1, Math.ceil((to - from) / HOUR_MS)) })
          print(context, made, reportText(made))
          return EXIT.ok
        }),
      ),
}
