import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

export const release: CliCommand = {
  name: 'release',
  register: (program, act) =>
    program
      .command('release')
      .description(
        'free a run that is parked or stuck, a target that is held or latched, an incident that was taken over, or all from a storm',
      )
      .argument('<subject>', 'a run id, connector:namespace/kind/name, an incident id, or: storm')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi release lab:shop/service/web --reason "memory leak fixed in 1.4.2"'))
      .action(
        act<{ reason: string }>(async (context, { reason }, subject = '') => {
          const order = { subject, reason, by: context.deps.user }
          await (await ownerOf(context)).release(order)
          print(context, order, `${printable(subject)} is released`)
          return EXIT.ok
        }),
      ),
}
