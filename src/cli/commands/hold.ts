import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print, targetOf, unknownNote } from '../context.ts'
import { EXIT } from '../exit.ts'
import { durationOf } from '../units.ts'

export const hold: CliCommand = {
  name: 'hold',
  register: (program, act) =>
    program
      .command('hold')
      .description('declare maintenance of one target: nothing is done to it, its owners or its parts')
      .argument('<target>', 'connector:namespace/kind/name, or shorter where one connector is configured')
      .requiredOption('--for <duration>', 'how long, such as 30m or 1h')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi hold lab:shop/instance/web-1 --for 1h --reason "kernel update"'))
      .action(
        act<{ for: string; reason: string }>(async (context, options, text = '') => {
          const target = await targetOf(context, text)
          const order = { target, forMs: durationOf(options.for), reason: options.reason, by: context.deps.user }
          const owner = await ownerOf(context)
          await owner.hold(order)
          print(
            context,
            order,
            `${target} is held for ${options.for}; end it early with: kintsugi release ${target} --reason TEXT${await unknownNote(owner, target)}`,
          )
          return EXIT.ok
        }),
      ),
}
