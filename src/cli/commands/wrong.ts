import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

export const wrong: CliCommand = {
  name: 'wrong',
  register: (program, act) =>
    program
      .command('wrong')
      .description('write down that an incident, or a run, was treated wrongly: it counts in the statistics')
      .argument('<incident-or-run>', 'an incident id or a run id')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi wrong run-01jd2v8k7q-x4k9w2ab --reason "the database was at fault"'))
      .action(
        act<{ reason: string }>(async (context, { reason }, id = '') => {
          const order = { id, reason, by: context.deps.user }
          await (await ownerOf(context)).wrong(order)
          print(context, order, `${printable(id)} is marked as wrong`)
          return EXIT.ok
        }),
      ),
}
