import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../../src/domain/errors.ts'
import { stderrLog } from '../../src/lib/log.ts'
import { openSession } from '../../lab/session.ts'
import { reportOf, tableOf } from './report.ts'
import { playRounds, type RoundsArgs } from './rounds.ts'

const HELP = `Chaos: an instance of a real shop is broken, and Kintsugi is killed (kill -9) while it heals, started again, and judged
by what the shims and the record say afterwards.

  npm run chaos -- --rounds N [--lanes N] [--seed S] [--json FILE] [--dir DIR] [--base-port N]

  --rounds     how many rounds, each with a fault, one to three kills and a fresh record
  --lanes      so many rounds at a time, each lane on a shop of its own (default 1; 2 on two quiet cores)
  --seed       round n uses seed S + n - 1: what is broken, and when Kintsugi is killed (default: drawn, and printed)
  --json       writes the result as JSON to FILE ('-': standard output) instead of a table
  --dir        where the shop stands, and where a round with a violation leaves its evidence (default .kintsugi/chaos)
  --base-port  first of a block of some 50 ports (default: a free one)

Example: npm run chaos -- --rounds 50 --seed 7
Exit code: 0 nothing was violated, 1 something was, 2 usage.
`

type Args = RoundsArgs & { readonly json?: string }

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  rounds: { type: 'string' },
  lanes: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'string' },
  dir: { type: 'string' },
  'base-port': { type: 'string' },
} as const

/** Undefined when help was asked for. */
function readArgs(argv: readonly string[]): Args | undefined {
  const values = valuesOf(argv)
  if (values.help) return undefined
  if (values.rounds === undefined) throw new UsageError('say how many: --rounds 50, or see --help')
  const seed = values.seed ?? String(Math.floor(Math.random() * 1_000_000))
  const basePort = values['base-port']
  return {
    rounds: whole('--rounds', values.rounds, 1, 10_000),
    lanes: whole('--lanes', values.lanes ?? '1', 1, 8),
    seed: whole('--seed', seed, 0, 2 ** 31),
    dir: values.dir ?? '.kintsugi/chaos',
    ...(values.json !== undefined && { json: values.json }),
    ...(basePort !== undefined && { basePort: whole('--base-port', basePort, 1024, 65_000) }),
  }
}

function valuesOf(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS }).values
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error })
  }
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`${name} ${text}: expected a whole number from ${least} to ${most}`)
}

const progress = (line: string): void => void process.stderr.write(`chaos: ${line}\n`)

async function main(): Promise<void> {
  const args = readArgs(process.argv.slice(2))
  if (!args) return void process.stdout.write(HELP)
  const log = stderrLog('warn')
  const session = await openSession(args.dir, log)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void session.close().then(() => process.exit(130)))
  }
  try {
    progress(`seed ${args.seed}, ${args.rounds} rounds`)
    const played = await playRounds({ ...args, dir: session.dir }, log, progress)
    const report = reportOf(
      args.seed,
      played.map(({ result }) => result),
    )
    const json = `${JSON.stringify(report, null, 2)}\n`
    if (args.json === undefined) process.stdout.write(`${tableOf(report)}\n`)
    else if (args.json === '-') process.stdout.write(json)
    else writeFileSync(args.json, json)
    process.exitCode = report.summary.violations === 0 ? 0 : 1
  } finally {
    await session.close()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`chaos: ${messageOf(error)}\n`)
  process.exit(error instanceof UsageError ? 2 : 1)
})
