import type { AlertPlan } from '../../domain/operator.ts'
import { messageOf, UsageError } from '../../domain/errors.ts'
import type { Json } from '../../lib/json.ts'
import { type CliCommand, examples } from '../command.ts'
import { type Context, ownerOf, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit.ts'
import { alertPlansText } from '../render-alerts.ts'
import { exitOfVerdict } from '../story.ts'

export const planCommand: CliCommand = {
  name: 'plan',
  register: (program, act) =>
    program
      .command('plan')
      .description(
        'say what would be done about alerts if they fired now: target, causes, plan, gates; nothing is done',
      )
      .requiredOption(
        '--alert <file>',
        'JSON: what Alertmanager sends to a webhook, or what is posted to /api/v2/alerts',
      )
      .addHelpText('after', examples('kintsugi plan --alert firing.json', 'kintsugi plan --alert firing.json -o json'))
      .addHelpText(
        'after',
        'It asks the running Kintsugi, which alone sees the targets now. Ends with 3, 4 or 5 as `why` does.\n',
      )
      .action(
        act<{ alert: string }>(async (context, { alert: file }) => {
          const body = jsonIn(context, file)
          const preview = await (await ownerOf(context)).preview({ body })
          print(context, preview, alertPlansText(preview))
          return exitOfPlans(preview.plans)
        }),
      ),
}

function jsonIn({ deps }: Context, file: string): Json {
  try {
    return JSON.parse(deps.readText(file)) as Json
  } catch (cause) {
    throw new UsageError(`cannot read alerts from ${file}: ${messageOf(cause)}`, { cause })
  }
}

/** The worst of what stands in the way of any of them. */
function exitOfPlans(plans: readonly AlertPlan[]): ExitCode {
  const exits = plans.map(exitOfPlan)
  return [EXIT.denied, EXIT.blind, EXIT.held].find((exit) => exits.includes(exit)) ?? EXIT.ok
}

function exitOfPlan({ choice, verdict }: AlertPlan): ExitCode {
  if (choice.kind === 'none') return EXIT.denied
  return choice.kind === 'page' || !verdict ? EXIT.held : exitOfVerdict(verdict)
}
