import { UsageError } from '../../domain/errors.ts'
import { type CliCommand, examples } from '../command.ts'
import { type Context, ownerOf, print, targetOf, unknownNote } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'
import { durationOf, shareOf } from '../units.ts'

type Options = {
  readonly deployment?: true
  readonly maintenance?: true
  readonly for?: string
  readonly share: string
  readonly reason: string
  readonly end?: string
}

export const announce: CliCommand = {
  name: 'announce',
  register: (program, act) =>
    program
      .command('announce')
      .description(
        'say what a deployment or a maintenance of yours disturbs, so that it counts against what may be disturbed at once',
      )
      .argument('[target]', 'connector:namespace/kind/name, or shorter where one connector is configured')
      .option('--deployment', 'a new version is rolled out')
      .option('--maintenance', 'somebody works on it')
      .option('--for <duration>', 'over by then at the latest, such as 30m or 1h')
      .option('--share <percent>', 'the part of the service that cannot serve meanwhile', '100%')
      .option('--end <id>', 'it is over, before its time')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText(
        'after',
        examples(
          'kintsugi announce lab:shop/service/web --deployment --for 30m --share 25% --reason "1.4.2"',
          'kintsugi announce --end ann-01jd2v8k7q-x4k9w2ab --reason "rolled out"',
        ),
      )
      .action(
        act<Options>(async (context, options, text) => {
          const order = { reason: options.reason, by: context.deps.user }
          await (options.end === undefined
            ? begin(context, options, order, text)
            : end(context, options.end, order, text))
          return EXIT.ok
        }),
      ),
}

type Signed = { readonly reason: string; readonly by: string }

async function begin(context: Context, options: Options, order: Signed, text: string | undefined): Promise<void> {
  if (!text) throw new UsageError('what is disturbed is missing: name a target, or what is over with --end ID')
  if ((options.deployment === undefined) === (options.maintenance === undefined)) {
    throw new UsageError('say what it is: --deployment or --maintenance')
  }
  if (options.for === undefined) throw new UsageError('say how long at the most: --for 30m')
  const actor = options.deployment ? 'deployment' : 'maintenance'
  const target = await targetOf(context, text)
  const said = { ...order, target, actor, forMs: durationOf(options.for), share: shareOf(options.share) } as const
  const owner = await ownerOf(context)
  const { id } = await owner.announce(said)
  print(
    context,
    { ...said, id },
    `${id}: a ${actor} on ${target} is charged for ${options.for}; when it is over: kintsugi announce --end ${id} --reason TEXT${await unknownNote(owner, target)}`,
  )
}

async function end(context: Context, id: string, order: Signed, text: string | undefined): Promise<void> {
  if (text) throw new UsageError('an end needs its id alone, and no target')
  await (await ownerOf(context)).endAnnouncement({ ...order, id })
  print(context, { ...order, id }, `${printable(id)} is over`)
}
