import { type CliCommand, examples } from '../command.ts'
import { EXIT } from '../exit.ts'

export const lab: CliCommand = {
  name: 'lab',
  register: (program, act) =>
    program
      .command('lab')
      .description('break a shop of real processes on purpose and measure how it is healed')
      .argument('[args...]', "the lab's own options: --faults, --rounds, --seed, --json")
      .allowUnknownOption()
      .addHelpText('after', examples('kintsugi lab --faults crash,freeze --rounds 5 --json lab.json'))
      .action(act(async ({ deps }, _options, ...args) => ((await deps.lab(args)) === 0 ? EXIT.ok : EXIT.error))),
}
