import { writeFileSync } from 'node:fs'
import { messageOf, UsageError } from '../src/domain/errors.ts'
import { stderrLog } from '../src/lib/log.ts'
import { HELP, readArgs, type Args } from './args.ts'
import { startDemo } from './demo.ts'
import { isGood, tableOf } from './report.ts'
import { playRounds, type RoundsArgs } from './rounds/rounds.ts'
import { playWatchRounds } from './rounds/watch-rounds.ts'
import { openSession, type Session } from './session.ts'
import { isWatchGood, watchTableOf } from './watch-report.ts'

/** The lab, a program of its own: `main --faults ...` plays rounds, `main demo` keeps a shop for people. */
const log = stderrLog('warn')
const progress = (line: string): void => void process.stderr.write(`lab: ${line}\n`)

async function main(): Promise<void> {
  const args = readArgs(process.argv.slice(2), () => Math.floor(Math.random() * 1_000_000))
  if (args.command === 'help') return void process.stdout.write(HELP)
  const session = await openSession(args.dir, log)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void session.close().then(() => process.exit(args.command === 'demo' ? 0 : 130)))
  }
  await run(args, session)
}

async function run(args: Exclude<Args, { command: 'help' }>, session: Session): Promise<void> {
  try {
    if (args.command === 'demo') {
      process.stdout.write(`${JSON.stringify(await startDemo(session.dir, args.basePort, log))}\n`)
      return // the shop and its users go on until a signal
    }
    await rounds({ ...args, dir: session.dir })
  } catch (error) {
    await session.close()
    throw error
  }
  await session.close()
}

async function rounds(args: RoundsArgs): Promise<void> {
  if (args.watching) {
    const report = await playWatchRounds(args, args.watching, log, progress)
    return show(args, report, watchTableOf(report), isWatchGood(report))
  }
  const report = await playRounds(args, log, progress)
  show(args, report, tableOf(report), isGood(report))
}

function show({ json: to }: RoundsArgs, report: object, table: string, isAsItMust: boolean): void {
  const json = `${JSON.stringify(report, null, 2)}\n`
  if (to === undefined) process.stdout.write(`${table}\n`)
  else if (to === '-') process.stdout.write(json)
  else writeFileSync(to, json)
  process.exitCode = isAsItMust ? 0 : 1
}

main().catch((error: unknown) => {
  process.stderr.write(`lab: ${messageOf(error)}\n`)
  process.exit(error instanceof UsageError ? 2 : 1)
})
