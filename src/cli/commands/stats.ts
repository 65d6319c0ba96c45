import { allEntries } from '../../engine/all-entries.ts'
import { COUNTED, statisticsOf } from '../../learn/statistics.ts'
import { type CliCommand, examples } from '../command.ts'
import { print, withReader } from '../context.ts'
import { EXIT } from '../exit.ts'
import { statisticsText } from '../render-stats.ts'
import { durationOf } from '../units.ts'

export const stats: CliCommand = {
  name: 'stats',
  register: (program, act) =>
    program
      .command('stats')
      .description('time to detect, to locate and to repair, success of each remedy, noise')
      .option('--since <duration>', 'look back so far', '30d')
      .addHelpText('after', examples('kintsugi stats', 'kintsugi stats --since 7d -o json'))
      .action(
        act<{ since: string }>(async (context, { since }) => {
          const from = context.now.wallMs - durationOf(since)
          const all = await withReader(context, (reader) => allEntries(reader, { kinds: COUNTED }))
          const statistics = statisticsOf(all.filter(({ at }) => at.wallMs >= from))
          print(context, statistics, statisticsText(statistics, since))
          return EXIT.ok
        }),
      ),
}
