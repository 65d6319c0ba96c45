import type { Status } from '../../domain/operator.ts'
import { banner } from '../banner.ts'
import { type CliCommand, examples } from '../command.ts'
import { whereOf } from '../context.ts'
import type { RecordSignals } from '../deps.ts'
import { EXIT } from '../exit.ts'
import { bytesOf, durationOf } from '../units.ts'

export const serve: CliCommand = {
  name: 'serve',
  register: (program, act) =>
    program
      .command('serve')
      .description('run Kintsugi on this data folder until it is told to stop (SIGTERM)')
      .option('--record-signals <dir>', 'write down what comes in, for kintsugi replay (docs/replay.md)')
      .option('--record-signals-keep <duration>', 'for how long it is kept', '7d')
      .option('--record-signals-most <size>', 'how large all of it may become; the oldest goes first', '10GiB')
      .addHelpText(
        'after',
        examples(
          'kintsugi serve -c kintsugi.yaml',
          'kintsugi serve --record-signals signals --record-signals-keep 30d',
        ),
      )
      .action(
        act<ServeOptions>(async (context, options) => {
          const started = (status: Status): void => context.deps.out(`${banner(status)}\n`)
          await context.deps.serve(whereOf(context), started, recordSignalsOf(options))
          return EXIT.ok
        }),
      ),
}

type ServeOptions = { recordSignals?: string; recordSignalsKeep: string; recordSignalsMost: string }

function recordSignalsOf(options: ServeOptions): RecordSignals | undefined {
  const { recordSignals: folder } = options
  const [keepMs, mostBytes] = [durationOf(options.recordSignalsKeep), bytesOf(options.recordSignalsMost)]
  return folder === undefined ? undefined : { folder, keepMs, mostBytes }
}
