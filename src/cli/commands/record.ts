import type { Command } from 'commander'
import { type Act, type CliCommand, examples } from '../command.ts'
import { type Context, dataDirOf, mustBeHere, ownerOf, print } from '../context.ts'
import type { Verification } from '../../store/verify.ts'
import { EXIT } from '../exit.ts'
import { printable } from '../text.ts'

export const record: CliCommand = {
  name: 'record',
  register: (program, act) => {
    const group = program.command('record').description('check or copy the record, while it is in use or not')
    registerVerify(group, act)
    registerBackup(group, act)
  },
}

function registerVerify(group: Command, act: Act): void {
  group
    .command('verify')
    .description('recompute every digest and link of the chain')
    .addHelpText('after', examples('kintsugi record verify --data /var/lib/kintsugi'))
    .action(
      act(async (context) => {
        const found = await verified(context)
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
        await context.deps.backupRecord(await dataDirOf(context), file)
        print(context, { file }, `the record is copied to ${printable(file)}`)
        return EXIT.ok
      }),
    )
}

type Verified = Pick<Verification, 'ok' | 'entries' | 'pruned' | 'head' | 'problems'>

/** Checked here, or by the owner elsewhere over its own record. */
async function verified(context: Context): Promise<Verified> {
  if (context.globals.url === undefined) return context.deps.verifyRecord(await dataDirOf(context))
  const { problem, ...found } = await (await ownerOf(context)).verify({})
  return { ...found, problems: problem === undefined ? [] : [problem] }
}

function verificationText({ ok, entries, pruned, head, problems }: Verified): string {
  if (ok) return `record OK · ${entries} entries, ${pruned} of them pruned · head ${head}`
  return ['record BROKEN: do not trust what it says after the first of these', ...problems.map(printable)].join('\n  ')
}
