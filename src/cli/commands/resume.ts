import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'

export const resume: CliCommand = {
  name: 'resume',
  register: (program, act) =>
    program
      .command('resume')
      .description('end a pause (the kill-switch file, where there is one, must be removed too)')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi resume --reason "network work done"'))
      .action(
        act<{ reason: string }>(async (context, { reason }) => {
          const order = { reason, by: context.deps.user }
          await (await ownerOf(context)).resume(order)
          print(context, order, 'resumed')
          return EXIT.ok
        }),
      ),
}
