import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { statusText } from '../render-status.ts'

export const status: CliCommand = {
  name: 'status',
  register: (program, act) =>
    program
      .command('status')
      .description('may it write, can it see, is its record whole, and what is it at')
      .addHelpText('after', examples('kintsugi status', 'kintsugi status -o json'))
      .action(
        act(async (context) => {
          const now = await (await ownerOf(context)).status({})
          print(context, now, statusText(now, context.now.wallMs))
          return EXIT.ok
        }),
      ),
}
