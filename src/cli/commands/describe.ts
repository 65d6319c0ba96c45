import { incidentsOf, incidentStory, runStory } from '../../api/read.ts'
import { UsageError } from '../../domain/errors.ts'
import type { RecordReader } from '../../domain/ports.ts'
import { isRef, type ResourceRef } from '../../domain/resource.ts'
import { type CliCommand, examples } from '../command.ts'
import { type Context, ledgerOf, print, withReader } from '../context.ts'
import { EXIT } from '../exit.ts'
import { entryText, incidentText, proposalText, runText, targetText } from '../render-describe.ts'

type Described = { readonly json: unknown; readonly text: string }

export const describeCommand: CliCommand = {
  name: 'describe',
  register: (program, act) =>
    program
      .command('describe')
      .description('show all that the record holds of one incident, run, proposal, target or entry')
      .argument('<id>', 'an incident, run or proposal id, connector:namespace/kind/name, or the number of an entry')
      .addHelpText(
        'after',
        examples('kintsugi describe run-01jd2v8k7q-x4k9w2ab', 'kintsugi describe lab:shop/service/web'),
      )
      .action(
        act(async (context, _options, id = '') => {
          const { json, text } = await withReader(context, (reader) => described(context, reader, id))
          print(context, json, text)
          return EXIT.ok
        }),
      ),
}

async function described(context: Context, reader: RecordReader, id: string): Promise<Described> {
  const found = isRef(id)
    ? await describedTarget(context, reader, id)
    : /^\d+$/.test(id)
      ? await describedEntry(reader, Number(id))
      : ((await describedIncident(reader, id)) ??
        (await describedRun(reader, id)) ??
        (await describedProposal(reader, id)))
  if (found) return found
  throw new UsageError(
    `the record knows no '${id}'; kintsugi get incidents, get runs and get entries list what there is`,
  )
}

async function describedIncident(reader: RecordReader, id: string): Promise<Described | undefined> {
  const story = await incidentStory(reader, id)
  return story && { json: story, text: incidentText(story.incident, story.entries) }
}

async function describedRun(reader: RecordReader, id: string): Promise<Described | undefined> {
  const story = await runStory(reader, id)
  return story && { json: story, text: runText(story.run, story.entries) }
}

async function describedProposal(reader: RecordReader, id: string): Promise<Described | undefined> {
  const [view] = await reader.proposals({ state: 'all', proposal: id, limit: 1 })
  return view && { json: view, text: proposalText(view) }
}

async function describedEntry(reader: RecordReader, seq: number): Promise<Described | undefined> {
  const [entry] = await reader.entries({ after: seq - 1, limit: 1 })
  return entry?.seq === seq ? { json: entry, text: entryText(entry) } : undefined
}

async function describedTarget(context: Context, reader: RecordReader, target: ResourceRef): Promise<Described> {
  const ledger = await ledgerOf(context, reader, target)
  const open = await incidentsOf(reader, await reader.openIncidents())
  const touches = (refs: readonly string[]): boolean => refs.includes(target)
  const incidents = open.filter(({ owner, findings }) => touches([owner, ...findings.map((one) => one.target)]))
  const runs = (await reader.runs({ limit: 1000 })).filter((row) => touches([row.owner, row.target]))
  return { json: { target, ledger, incidents, runs }, text: targetText(target, ledger, { incidents, runs }) }
}
