import { NoOwnerError } from '../../api/client.ts'
import { type CliCommand, examples } from '../command.ts'
import { configOf, type Context, ownerOf, print } from '../context.ts'
import { EXIT } from '../exit.ts'

export const pause: CliCommand = {
  name: 'pause',
  register: (program, act) =>
    program
      .command('pause')
      .description('start nothing new and bring runs under way to a safe point, until `resume`')
      .option('--freeze', 'stop dead instead: park the runs and list what is left open')
      .requiredOption('--reason <text>', 'why; it stands on the record')
      .addHelpText(
        'after',
        examples('kintsugi pause --reason "network work"', 'kintsugi pause --freeze --reason "it does harm"'),
      )
      .action(
        act<{ freeze?: boolean; reason: string }>(async (context, { freeze = false, reason }) => {
          const order = { freeze, reason, by: context.deps.user }
          try {
            await (await ownerOf(context)).pause(order)
          } catch (error) {
            if (!(error instanceof NoOwnerError)) throw error
            throw new NoOwnerError(`${error.message}\n${await byFile(context, freeze)}`)
          }
          print(context, order, `${freeze ? 'frozen' : 'paused'}; go on with: kintsugi resume --reason TEXT`)
          return EXIT.ok
        }),
      ),
}

/** The way that needs no answer from anybody: the file whose presence pauses. */
async function byFile(context: Context, freeze: boolean): Promise<string> {
  const file = await configOf(context).then(
    ({ killSwitchFile }) => killSwitchFile,
    () => undefined,
  )
  const name = file ?? 'the file that killSwitch.file names in the configuration of the owner'
  return `to pause all the same, make the kill-switch file: ${name} (its presence pauses${freeze ? ', with the content: freeze' : ''})`
}
