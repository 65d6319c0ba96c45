import { type CliCommand, examples } from '../command.ts'
import { ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

export const approve: CliCommand = {
  name: 'approve',
  register: (program, act) =>
    program
      .command('approve')
      .description(
        'say yes to a proposal: its run starts, unless the target is no longer as it was shown or a gate objects',
      )
      .argument('<proposal>', 'its id, as `kintsugi get proposals` lists it')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText('after', examples('kintsugi approve prop-01jd2v8k7q-x4k9w2ab --reason "looked at it, go"'))
      .action(
        act<{ reason: string }>(async (context, { reason }, id = '') => {
          const order = { id, reason, by: context.deps.user }
          const answer = await (await ownerOf(context)).approve(order)
          print(
            context,
            { ...order, ...answer },
            'run' in answer
              ? `run ${printable(answer.run)} has begun; follow it with: kintsugi describe ${printable(answer.run)}`
              : `your yes is on the record; ${printable(answer.wants)}`,
          )
          return EXIT.ok
        }),
      ),
}
