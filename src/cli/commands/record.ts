import { type Command, Option } from 'commander'
import type { EntryKind } from '../../domain/entry.ts'
import { UsageError } from '../../domain/errors.ts'
import type { RecordReader } from '../../domain/ports.ts'
import type { BackupReport } from '../../store/backup.ts'
import { readHeads, type PublishedHead } from '../../store/heads.ts'
import type { RestoreReport } from '../../store/restore.ts'
import { type Act, type CliCommand, examples } from '../command.ts'
import { type Context, dataDirOf, mustBeHere, ownerOf, print, withReader } from '../context.ts'
import type { Verification } from '../../store/verify.ts'
import { ENTRY_KINDS, PEOPLE_KINDS } from '../../domain/entry-kinds.ts'
import { EXIT } from '../exit.ts'
import { exportPages } from '../export.ts'
import { printable } from '../text.ts'
import { durationOf, timeText } from '../units.ts'

export const record: CliCommand = {
  name: 'record',
  register: (program, act) => {
    const group = program.command('record').description('check, copy, export or put back the record')
    registerVerify(group, act)
    registerBackup(group, act)
    registerRestore(group, act)
    registerExport(group, act)
  },
}

function registerVerify(group: Command, act: Act): void {
  group
    .command('verify')
    .description('recompute every digest and link of the chain')
    .option('--heads <file>', 'compare with the heads that were published (record.heads)')
    .addHelpText(
      'after',
      examples(
        'kintsugi record verify --data /var/lib/kintsugi',
        'kintsugi record verify --data /var/lib/kintsugi --heads /mnt/worm/heads.jsonl',
      ),
    )
    .action(
      act<{ heads?: string }>(async (context, { heads }) => {
        const found = await verified(context, heads)
        print(context, found, verificationText(found))
        return found.ok ? EXIT.ok : EXIT.error
      }),
    )
}

function registerBackup(group: Command, act: Act): void {
  group
    .command('backup')
    .description('copy the record as it is at one moment to a file')
    .argument('<file>', 'where to; it must not exist yet')
    .addHelpText('after', examples('kintsugi record backup /backup/kintsugi-2026-11-21.db'))
    .action(
      act(async (context, _options, file = '') => {
        mustBeHere(context, 'a copy of the record is made')
        const report = await context.deps.backupRecord(await dataDirOf(context), file)
        print(context, report, backupText(report))
        return EXIT.ok
      }),
    )
}

function registerRestore(group: Command, act: Act): void {
  group
    .command('restore')
    .description('put a backup in the place of the record; Kintsugi then starts frozen, until `resume`')
    .argument('<file>', 'the backup')
    .option('--replace', 'put the record that is there aside, into a folder beside it')
    .addHelpText('after', examples('kintsugi record restore /backup/kintsugi-2026-11-21.db --data /var/lib/kintsugi'))
    .action(
      act<{ replace?: boolean }>(async (context, { replace = false }, file = '') => {
        mustBeHere(context, 'a record is restored')
        const { deps, now: at } = context
        const folder = await dataDirOf(context)
        const report = await deps.restoreRecord({ file, folder, replace, by: deps.user, at })
        print(context, report, restoreText(report))
        return EXIT.ok
      }),
    )
}

function registerExport(group: Command, act: Act): void {
  group
    .command('export')
    .description('print the record as lines of JSON, one for each entry, oldest first')
    .option('--since <duration>', 'only what was written within this time')
    .addOption(
      new Option('--kind <kind...>', 'only entries of these kinds; people: all that people did, or may not').choices([
        ...ENTRY_KINDS,
        'people',
      ]),
    )
    .option('--by <name>', 'only what this person did, by their name or their identity')
    .addHelpText(
      'after',
      examples(
        'kintsugi record export --since 24h',
        'kintsugi record export --kind paused resumed held released --data /backup/kintsugi-2026-11-21.db',
        'kintsugi record export --kind people --by ann --since 720h',
      ),
    )
    .action(
      act<{ since?: string; kind?: readonly (EntryKind | 'people')[]; by?: string }>(async (context, asked) => {
        const { since, kind, by } = asked
        const kinds =
          kind?.flatMap((one) => (one === 'people' ? PEOPLE_KINDS : [one])) ??
          (by === undefined ? undefined : PEOPLE_KINDS)
        const query = {
          ...(since !== undefined && { sinceMs: durationOf(since) }),
          ...(kinds && { kinds }),
          ...(by !== undefined && { by }),
        }
        const printed = async (reader: RecordReader): Promise<void> => {
          for await (const page of exportPages(reader, query, context.now)) if (!(await context.deps.send(page))) return
        }
        // As it is stored, so that the digests are those of what is printed.
        await withReader(context, printed, { asStored: true })
        return EXIT.ok
      }),
    )
}

function backupText({ file, entries, head, bytes, lastAt }: BackupReport): string {
  const end = lastAt === undefined ? '' : ` · the last of ${timeText(lastAt)}`
  return `the record is copied to ${printable(file)}, and verified: ${entries} entries${end} · ${bytes} bytes · head ${head}`
}

function restoreText({ entries, head, lastAt, replaced }: RestoreReport): string {
  const lost = `LOST: what was recorded after ${timeText(lastAt)}`
  const known =
    replaced?.lastAt === undefined ? '' : ` (the record that was there goes on until ${timeText(replaced.lastAt)})`
  return [
    `the record is restored, and verified: ${entries} entries · head ${head}`,
    `${lost}${known}`,
    ...(replaced
      ? [`the record that was there is kept: kintsugi get entries --data ${printable(replaced.folder)}`]
      : []),
    'it starts frozen: start Kintsugi, look at the targets, then: kintsugi resume --reason TEXT',
  ].join('\n')
}

type Verified = Pick<Verification, 'ok' | 'entries' | 'pruned' | 'head' | 'problems'>

/** Checked here, or by the owner elsewhere over its own record. */
async function verified(context: Context, headsFile: string | undefined): Promise<Verified> {
  if (headsFile !== undefined) mustBeHere(context, 'a record is compared with published heads')
  const heads = headsFile === undefined ? [] : headsIn(context, headsFile)
  if (context.globals.url === undefined) return context.deps.verifyRecord(await dataDirOf(context), heads)
  const { problem, ...found } = await (await ownerOf(context)).verify({})
  return { ...found, problems: problem === undefined ? [] : [problem] }
}

function headsIn({ deps }: Context, file: string): PublishedHead[] {
  try {
    return readHeads(deps.readText(file))
  } catch (cause) {
    throw new UsageError(`cannot read the published heads in ${file}`, { cause })
  }
}

function verificationText({ ok, entries, pruned, head, problems }: Verified): string {
  if (ok) return `record OK · ${entries} entries, ${pruned} of them pruned · head ${head}`
  return ['record BROKEN: do not trust what it says after the first of these', ...problems.map(printable)].join('\n  ')
}
