import { incidentStory } from '../../api/read.ts'
import { UsageError } from '../../domain/errors.ts'
import { type CliCommand, examples } from '../command.ts'
import { print, withReader } from '../context.ts'
import { whyText } from '../render-why.ts'
import { exitOfStand, onlyBlind, standOf } from '../story.ts'

export const why: CliCommand = {
  name: 'why',
  register: (program, act) =>
    program
      .command('why')
      .description('say why an incident was treated as it was: seen, causes, plan, gates, run, end')
      .argument('<incident>', 'its id, as `kintsugi get incidents` lists it')
      .addHelpText('after', examples('kintsugi why inc-01jd2v8k7q-x4k9w2ab'))
      .addHelpText('after', 'Ends with 3, 4 or 5 when what stands in the way is a hold, a denial or blindness.\n')
      .action(
        act(async (context, _options, id = '') => {
          const story = await withReader(context, (reader) => incidentStory(reader, id))
          if (!story)
            throw new UsageError(
              `the record knows no incident '${id}', or has pruned it; kintsugi get incidents lists them`,
            )
          const { incident, entries } = story
          const stand = standOf(entries)
          print(context, { incident, stand, entries }, whyText(incident, entries))
          return exitOfStand(stand, onlyBlind(entries))
        }),
      ),
}
