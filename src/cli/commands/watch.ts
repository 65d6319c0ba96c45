import type { Api } from '../../api/contract.ts'
import { messageOf, UsageError } from '../../domain/errors.ts'
import { type CliCommand, examples } from '../command.ts'
import { callAt, type Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { printable } from '../text.ts'
import { durationOf, timeText } from '../units.ts'
import { judge, remember, type Finding, type Judgement, type Look, type Remembered } from '../witness.ts'

type Options = { readonly every: string; readonly once?: boolean; readonly notify?: string; readonly state?: string }

/** What the command ends with after one look; `watch` without `--once` ends by a signal only. */
const EXITS: Readonly<Record<Finding, ExitCode>> = {
  well: EXIT.ok,
  unreachable: EXIT.blind,
  frozen: EXIT.held,
  ailing: EXIT.held,
  'loop-stuck': EXIT.error,
  'record-unwritable': EXIT.error,
  'record-replaced': EXIT.error,
}
const PATIENCE_MS = 5000
const LEAST_EVERY_MS = 1000

export const watch: CliCommand = {
  name: 'watch',
  register: (program, act) =>
    program
      .command('watch')
      .description('be the witness of another Kintsugi: does it answer, turn, write, and keep its record')
      .argument('<url>', 'where the other one listens')
      .option('--every <duration>', 'how often to look', '10s')
      .option('--once', 'look once, and end with what was found')
      .option('--notify <url>', 'post JSON there whenever something else is found; the URL may be a secret')
      .option('--state <file>', 'remember the head of its record there, for `--once` and for restarts of the witness')
      .addHelpText(
        'after',
        examples(
          'kintsugi watch http://kintsugi-b:8420 --every 10s --token-file viewer.token --notify https://hooks.example/x',
          'kintsugi watch http://kintsugi-b:8420 --once --state /var/lib/kintsugi-watch.json',
        ),
      )
      .action(
        act<Options>(async (context, options, url = '') => {
          const everyMs = durationOf(options.every)
          if (everyMs < LEAST_EVERY_MS) throw new UsageError('cannot look more often than once a second: --every 10s')
          return witness(context, options, { url, everyMs })
        }),
      ),
}

async function witness(
  context: Context,
  { once, notify, state }: Options,
  { url, everyMs }: { readonly url: string; readonly everyMs: number },
): Promise<ExitCode> {
  const { deps } = context
  const owner = callAt(context, url, PATIENCE_MS)
  let before = state === undefined ? undefined : remembered(deps.readIfThere(state), state)
  let told: string | undefined
  for (;;) {
    const look = await lookAt(owner, before, deps.now())
    const judgement = judge(before, look)
    tell(context, url, look.at, judgement, told)
    if (notify !== undefined && judgement.finding !== (told ?? 'well'))
      await post(context, notify, { url, at: look.at, ...judgement })
    told = judgement.finding
    before = remember(before, look) ?? before
    if (state !== undefined && before) deps.writeText(state, `${JSON.stringify(before)}\n`)
    if (once === true) return EXITS[judgement.finding]
    await deps.sleep(everyMs)
  }
}

/** What it says of itself now, and where its record ends; and what its record has where it ended before. */
async function lookAt(owner: Api, before: Remembered | undefined, at: number): Promise<Look> {
  try {
    const status = await owner.status({})
    const [newest] = (await owner.record({ limit: 1, order: 'newest' })).items
    const head = { seq: newest?.seq ?? 0, chain: newest?.chain ?? '' }
    if (!before || before.head.seq === 0) return { at, status, head }
    const [same] = (await owner.record({ after: before.head.seq - 1, limit: 1, order: 'oldest' })).items
    return { at, status, head, ...(same?.seq === before.head.seq && { chainBefore: same.chain }) }
  } catch (thrown) {
    return { at, unreachable: messageOf(thrown) }
  }
}

/** A line for every look as JSON; as text only what is news. */
function tell({ deps, globals }: Context, url: string, at: number, found: Judgement, told: string | undefined): void {
  if (globals.output === 'json')
    return deps.out(`${JSON.stringify({ at: new Date(at).toISOString(), url, ...found })}\n`)
  if (found.finding !== told)
    deps.out(`${timeText(at)}  ${found.finding.toUpperCase()}  ${printable(url)}: ${printable(found.message)}\n`)
}

async function post({ deps }: Context, to: string, body: object): Promise<void> {
  try {
    await deps.postJson(to, body)
  } catch (thrown) {
    deps.err(`kintsugi: ${printable(messageOf(thrown))}\n`)
  }
}

function remembered(text: string | undefined, file: string): Remembered | undefined {
  if (text === undefined) return undefined
  try {
    const { at, startedAt, turns, head } = JSON.parse(text) as Remembered
    if ([at, startedAt, turns, head.seq].every(Number.isFinite) && typeof head.chain === 'string')
      return { at, startedAt, turns, head }
  } catch {
    // Told below.
  }
  throw new UsageError(`the file ${file} is no state of a witness: take it away, or name another with --state`)
}
