import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

export const takeOver: CliCommand = {
  name: 'take-over',
  register: (program, act) =>
    program
      .command('take-over')
      .description('take an incident over: nothing more is begun in it, and what runs comes to a safe point')
      .argument('<incident>', 'its id, as `kintsugi get incidents` lists it')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi take-over inc-01jd2v8k7q-x4k9w2ab --reason "I know this one"'))
      .action(
        act<{ reason: string }>(async (context, { reason }, id = '') => {
          const order = { id, reason, by: context.deps.user }
          await (await ownerOf(context)).takeOver(order)
          print(
            context,
            order,
            `${printable(id)} is yours; give it back with: kintsugi release ${printable(id)} --reason TEXT`,
          )
          return EXIT.ok
        }),
      ),
}
