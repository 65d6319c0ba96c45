import { type CliCommand, examples } from '../command.ts'
import { dataDirOf, mustBeHere, print } from '../context.ts'
import { EXIT } from '../exit.ts'
import { proofText } from '../render-proof.ts'

export const proveCommand: CliCommand = {
  name: 'prove',
  register: (program, act) =>
    program
      .command('prove')
      .description('derive every decision of a run or an incident again, from the record alone')
      .argument('<subject>', 'a run or an incident, as `kintsugi get runs` and `get incidents` list them')
      .addHelpText(
        'after',
        examples(
          'kintsugi prove run-01jd2v8k7q-x4k9w2ab',
          'kintsugi prove inc-01jd2v8k7q-x4k9w2ab --data /backup/kintsugi-2026-11-21.db -o json',
        ),
      )
      .addHelpText('after', 'Asks no owner and no network. Ends with 0 when all is proven, with 1 when it is not.\n')
      .action(
        act(async (context, _options, subject = '') => {
          mustBeHere(context, 'a record is proven')
          const proof = await context.deps.prove(await dataDirOf(context), subject)
          print(context, proof, proofText(proof))
          return proof.proven ? EXIT.ok : EXIT.error
        }),
      ),
}
