import type { Command } from 'commander'
import { UsageError } from '../../domain/errors.ts'
import { type CliCommand, examples } from '../command.ts'
import { print, type Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { progressBar } from '../progress.ts'
import { replayText } from '../render-replay.ts'
import { durationOf } from '../units.ts'
import { momentOf } from '../when.ts'

type ReplayOptions = {
  readonly from?: string
  readonly to?: string
  readonly policy?: string
  readonly source?: string
  readonly recording?: string
  readonly step?: string
  readonly alerts?: string
  readonly targets?: string
  readonly all?: boolean
}

const LEAST_STEP_MS = 10

export const replayCommand: CliCommand = {
  name: 'replay',
  register: (program, act) =>
    withOptions(
      program
        .command('replay')
        .description('what would policies have done in a time that has passed? (docs/replay.md)')
        .addHelpText(
          'after',
          examples(
            'kintsugi replay --from -24h --policy next.yaml',
            'kintsugi replay --from 2026-01-01 --to 2026-02-01 --source http://thanos-query:9090 --step 1m -o json',
            'kintsugi replay --recording signals --policy policies.yaml',
          ),
        )
        .addHelpText(
          'after',
          'The real loop on a simulated clock, as in shadow: what would have acted spends attempts and cooldowns. Effects are\n' +
            'not simulated: what would have been acted upon goes on as it did. Nothing outside is touched.\n',
        ),
    ).action(
      act<ReplayOptions>(async (context, options) => {
        const report = await replayed(context, options)
        print(context, report, replayText(report, options.all === true))
        return EXIT.ok
      }),
    ),
}

function withOptions(command: Command): Command {
  return command
    .option('--from <time>', 'its beginning: RFC 3339, epoch seconds, -24h; of a recording: else where that begins')
    .option('--to <time>', 'its end (default: now; of a recording where that ends)')
    .option('--policy <file>', 'a whole kintsugi.yaml, or policies (a ConfigMap too) instead of those of --config')
    .option('--source <url>', 'the Prometheus, with the credentials of sources.prometheus; else the configured one')
    .option('--recording <dir>', 'what kintsugi serve --record-signals has written, instead of a Prometheus')
    .option(
      '--step <duration>',
      'how often the loop looks, and Prometheus is asked (default: its step; 1s of a recording)',
    )
    .option('--alerts <file>', 'received alerts as lines of JSON: {"at": "...", "labels": {...}, "status": "firing"}')
    .option('--targets <file>', 'what existed, as targets: in tests of policies')
    .option('--all', 'every incident, not the first fifty only')
}

async function replayed(context: Context, options: ReplayOptions) {
  const { deps, globals, now } = context
  const { from, to, policy, source, recording, step, alerts, targets } = options
  const bar = deps.progress && progressBar(deps.progress, Date.now)
  try {
    return await deps.replay({
      configPath: globals.config,
      ...(to !== undefined && { toMs: momentOf(to, '--to', now.wallMs) }),
      ...(from !== undefined && { fromMs: momentOf(from, '--from', now.wallMs) }),
      ...(policy !== undefined && { policyFile: policy }),
      ...(source !== undefined && { source }),
      ...(recording !== undefined && { recording }),
      ...(step !== undefined && { stepMs: stepOf(step) }),
      ...(alerts !== undefined && { alertsFile: alerts }),
      ...(targets !== undefined && { targetsFile: targets }),
      ...(bar && { onProgress: bar.show }),
    })
  } finally {
    bar?.clear()
  }
}

function stepOf(text: string): number {
  const ms = durationOf(text)
  if (ms >= LEAST_STEP_MS) return ms
  throw new UsageError(`cannot look every ${text}: --step is at least ${LEAST_STEP_MS}ms`)
}
