import { banner } from '../banner.ts'
import { type CliCommand, examples } from '../command.ts'
import { whereOf } from '../context.ts'
import { EXIT } from '../exit.ts'

export const demo: CliCommand = {
  name: 'demo',
  register: (program, act) =>
    program
      .command('demo')
      .description('start the lab shop and a Kintsugi that heals it, and say what to try next')
      .addHelpText('after', examples('kintsugi demo'))
      .action(
        act(async (context) => {
          await context.deps.demo(whereOf(context), (status) => context.deps.out(`${banner(status)}\n`))
          return EXIT.ok
        }),
      ),
}
