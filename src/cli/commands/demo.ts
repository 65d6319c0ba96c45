import { banner } from '../banner.ts'
import { type CliCommand, examples } from '../command.ts'
import type { DemoOptions } from '../deps.ts'
import { EXIT } from '../exit.ts'

export const demo: CliCommand = {
  name: 'demo',
  register: (program, act) =>
    program
      .command('demo')
      .description('start the lab shop and a Kintsugi that heals it, and say what to try next')
      .option('--base-port <n>', 'first of a block of some 50 ports')
      .addHelpText('after', examples('kintsugi demo', 'kintsugi demo --base-port 28080'))
      .action(
        act<DemoOptions>(async ({ deps }, options) => {
          await deps.demo(options, (status) => deps.out(`${banner(status)}\n`))
          return EXIT.ok
        }),
      ),
}
