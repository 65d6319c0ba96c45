import { banner } from '../banner.ts'
import { type CliCommand, examples } from '../command.ts'
import { whereOf } from '../context.ts'
import { EXIT } from '../exit.ts'

export const serve: CliCommand = {
  name: 'serve',
  register: (program, act) =>
    program
      .command('serve')
      .description('run Kintsugi on this data folder until it is told to stop (SIGTERM)')
      .addHelpText('after', examples('kintsugi serve -c kintsugi.yaml'))
      .action(
        act(async (context) => {
          await context.deps.serve(whereOf(context), (status) => context.deps.out(`${banner(status)}\n`))
          return EXIT.ok
        }),
      ),
}
