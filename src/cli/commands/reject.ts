import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

export const reject: CliCommand = {
  name: 'reject',
  register: (program, act) =>
    program
      .command('reject')
      .description('say no to a proposal: its remedy is not tried on that target in this incident')
      .argument('<proposal>', 'its id, as `kintsugi get proposals` lists it')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi reject prop-01jd2v8k7q-x4k9w2ab --reason "a deploy is under way"'))
      .action(
        act<{ reason: string }>(async (context, { reason }, id = '') => {
          const order = { id, reason, by: context.deps.user }
          await (await ownerOf(context)).reject(order)
          print(context, order, `${printable(id)} is rejected`)
          return EXIT.ok
        }),
      ),
}
