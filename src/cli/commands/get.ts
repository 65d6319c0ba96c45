import { Argument } from 'commander'
import { NoOwnerError } from '../../api/client.ts'
import type { Api } from '../../api/contract.ts'
import { PAGE_LIMIT } from '../../api/contract/route.ts'
import { incidentsOf } from '../../api/read.ts'
import { isByOthers, isGoing } from '../../domain/disturbance.ts'
import { UsageError } from '../../domain/errors.ts'
import type { Disturbance } from '../../domain/ledger.ts'
import type { Status } from '../../domain/operator.ts'
import type { RecordReader } from '../../domain/ports.ts'
import { banner, type Unseen } from '../banner.ts'
import { type CliCommand, examples } from '../command.ts'
import { configOf, type Context, ledgerOf, mustBeHere, ownerOf, print, sightOf, withReader } from '../context.ts'
import { EXIT } from '../exit.ts'
import { alertTable, unmappedTable } from '../render-alerts.ts'
import { blastText } from '../render-status.ts'
import { loudTable } from '../render-loud.ts'
import { pauseTable } from '../render-pauses.ts'
import {
  blastTable,
  disturbanceTable,
  entryTable,
  holdTable,
  incidentTable,
  knownPolicyTable,
  knownTargetTable,
  policyTable,
  proposalTable,
  runRows,
  targetRows,
  targetTable,
} from '../views.ts'

type Noun =
  | 'incidents'
  | 'proposals'
  | 'runs'
  | 'targets'
  | 'entries'
  | 'holds'
  | 'pauses'
  | 'loud'
  | 'announcements'
  | 'budgets'
  | 'alerts'
  | 'unmapped'
type Listing = { readonly items: unknown; readonly text: string }

/** What can be listed: from the record, with and without a running owner; alerts by the owner, who knows the targets. */
const LISTS: { readonly [noun in Noun]: (reader: RecordReader, limit: number, context: Context) => Promise<Listing> } =
  {
    async incidents(reader, limit) {
      const items = await incidentsOf(reader, await reader.incidents({ limit }))
      return { items, text: incidentTable(items) }
    },
    async proposals(reader, limit) {
      const items = await reader.proposals({ state: 'all', limit })
      return { items, text: proposalTable(items) }
    },
    async runs(reader, limit) {
      const items = await reader.runs({ limit })
      return { items, text: runRows(items) }
    },
    async targets(reader, _limit, context) {
      const known = await fromOwner(context, (owner) => owner.targets({}))
      if (known) return { items: known, text: knownTargetTable(known) }
      const open = await incidentsOf(reader, await reader.openIncidents())
      const items = targetRows(open, await ledgerOf(context, reader), await reader.openRuns())
      return { items, text: targetTable(items) }
    },
    async entries(reader, limit) {
      const items = (await reader.entries({ limit, newestFirst: true })).toReversed()
      return { items, text: entryTable(items) }
    },
    async holds(reader, _limit, context) {
      const { holds, latches } = await ledgerOf(context, reader)
      // Windows stand in the configuration that the owner has loaded.
      const { openWindows = [] } = (await fromOwner(context, (owner) => owner.status({}))) ?? {}
      return { items: { holds, latches, openWindows }, text: holdTable({ holds, latches, openWindows }) }
    },
    async pauses(_reader, _limit, context) {
      const items = await (await ownerOf(context)).pauses({})
      return { items, text: pauseTable(items) }
    },
    async loud(_reader, limit, context) {
      const items = (await (await ownerOf(context)).loud({})).slice(0, limit)
      return { items, text: loudTable(items) }
    },
    async announcements(reader, _limit, context) {
      const items = (await goingOf(context, reader)).filter(isByOthers)
      return { items, text: disturbanceTable(items) }
    },
    async budgets(reader, _limit, context) {
      const going = await goingOf(context, reader)
      const blast = await fromOwner(context, async (owner) => (await owner.status({})).blast)
      const parts = [...(blast ? [blastText(blast), blastTable(blast)] : []), disturbanceTable(going)]
      return { items: { ...(blast && { blast }), going }, text: parts.join('\n\n') }
    },
    async alerts(_reader, limit, context) {
      const { items } = await (await ownerOf(context)).alerts({ limit, only: 'all' })
      return { items, text: alertTable(items, context.now.wallMs) }
    },
    async unmapped(_reader, limit, context) {
      const { items } = await (await ownerOf(context)).alerts({ limit, only: 'idle' })
      return { items, text: unmappedTable(items, context.now.wallMs) }
    },
  }

export const getCommand: CliCommand = {
  name: 'get',
  register: (program, act) =>
    program
      .command('get')
      .description(
        'list incidents, proposals, runs, targets (without a running owner: those of concern), entries of the record, policies, holds, pauses (all that keeps Kintsugi still now), loud (which series look odd now by their own past), announcements, budgets (what is disturbed now, and how much more may be), received alerts, or those of them that nothing will be done about',
      )
      .addArgument(
        new Argument('[what]', 'what to list').choices([...Object.keys(LISTS), POLICIES]).default('incidents'),
      )
      .option('--limit <n>', 'at most so many, the newest', '20')
      .addHelpText(
        'after',
        examples('kintsugi get', 'kintsugi get entries --limit 100 -o json', 'kintsugi get unmapped'),
      )
      .action(
        act<{ limit: string }>(async (context, options, what = 'incidents') => {
          const limit = limitOf(options.limit)
          if (what === POLICIES) show(context, what, await sightOf(context), await policies(context))
          else {
            await withReader(context, async (reader) =>
              show(context, what, await sightOf(context, reader), await LISTS[what as Noun](reader, limit, context)),
            )
          }
          return EXIT.ok
        }),
      ),
}

/** What is disturbed now, as the record says. */
async function goingOf(context: Context, reader: RecordReader): Promise<readonly Disturbance[]> {
  const { disturbances } = await ledgerOf(context, reader)
  return disturbances.filter((one) => isGoing(one, context.now))
}

function show(context: Context, what: string, status: Status | Unseen, { items, text }: Listing): void {
  print(context, { status, [what]: items }, `${banner(status)}\n\n${text}`)
}

/** These stand in the configuration, so that they can be listed where there is no record yet; an owner knows what they come to. */
const POLICIES = 'policies'

async function policies(context: Context): Promise<Listing> {
  const known = await fromOwner(context, (owner) => owner.policies({}))
  if (known) return { items: known, text: knownPolicyTable(known) }
  mustBeHere(context, 'without an answer, policies are listed from a configuration,')
  const { policies } = await configOf(context)
  return { items: policies, text: policyTable(policies) }
}

/** What only the owner knows: the targets of now. Undefined where none answers. */
async function fromOwner<T>(context: Context, ask: (owner: Api) => Promise<T>): Promise<T | undefined> {
  return ask(await ownerOf(context)).catch((thrown: unknown) => {
    if (thrown instanceof NoOwnerError) return undefined
    throw thrown
  })
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= PAGE_LIMIT) return limit
  throw new UsageError(`'${text}' is not a limit: write a whole number from 1 to ${PAGE_LIMIT}`)
}
