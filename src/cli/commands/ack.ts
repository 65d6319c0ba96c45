import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'
import { durationOf } from '../units.ts'

export const ack: CliCommand = {
  name: 'ack',
  register: (program, act) =>
    program
      .command('ack')
      .description('say that you look at an incident: nothing is begun on its owner until it ends or is released')
      .argument('<incident>', 'its id, or the fingerprint of one of its alerts')
      .option('--for <duration>', 'at most so long, such as 30m; without, until it ends')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi ack inc-01jd2v8k7q-x4k9w2ab --for 1h --reason "looking at it"'))
      .action(
        act<{ for?: string; reason: string }>(async (context, options, id = '') => {
          const forMs = options.for === undefined ? {} : { forMs: durationOf(options.for) }
          const order = { id, reason: options.reason, by: context.deps.user, ...forMs }
          await (await ownerOf(context)).acknowledge(order)
          print(
            context,
            order,
            `${printable(id)} is acknowledged${options.for === undefined ? '' : ` for ${options.for}`}; end it with: kintsugi release INCIDENT --reason TEXT`,
          )
          return EXIT.ok
        }),
      ),
}
