import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../src/domain/errors.ts'
import type { Place, Result, Task } from './lib/task.ts'
import { TASKS } from './registry.ts'

const HELP = `Runs the shipped detectors once over labelled public data, without its labels, and writes what a scorer reads.

  npm run evaluate -- TASK --data DIR --out DIR [--sets NAME,...] [--json FILE]

${Object.entries(TASKS)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}

  --data  the folder that holds the sets, a folder each
  --out   where the hand-in files go, in folders of the same names
  --sets  which sets (default: all of the task)
  --json  writes what was done as JSON to FILE ('-': standard output) instead of a table

Example: npm run evaluate -- detect --data data --out out --sets nab
Exit code: 0 done, 1 something went wrong, 2 usage.
`

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  data: { type: 'string' },
  out: { type: 'string' },
  sets: { type: 'string' },
  json: { type: 'string' },
} as const

type Args = { readonly task: Task; readonly place: Place; readonly json?: string }

/** Undefined when help was asked for. */
function readArgs(argv: readonly string[]): Args | undefined {
  const { values, positionals } = parsed(argv)
  if (values.help) return undefined
  const [name = ''] = positionals
  const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined
  if (!task || positionals.length > 1) {
    throw new UsageError(`name one task: known are ${Object.keys(TASKS).join(', ')}`)
  }
  const { data, out, sets, json } = values
  if (data === undefined || out === undefined) throw new UsageError('--data and --out are needed, each a folder')
  const say = (text: string): void => console.error(text)
  return {
    task,
    place: { data, out, say, ...(sets && { sets: sets.split(',') }) },
    ...(json !== undefined && { json }),
  }
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error })
  }
}

function tableOf(results: readonly Result[]): string {
  const line = ({ set, series, samples, seconds, settings }: Result): string =>
    `${set.padEnd(12)} ${series} series, ${samples} samples, ${seconds} s, settings ${settings}\n`
  return results.map(line).join('')
}

function main(argv: readonly string[]): void {
  const args = readArgs(argv)
  if (!args) return void process.stdout.write(HELP)
  const results = args.task.run(args.place)
  const json = `${JSON.stringify(results, undefined, 2)}\n`
  if (args.json === undefined) process.stdout.write(tableOf(results))
  else if (args.json === '-') process.stdout.write(json)
  else writeFileSync(args.json, json)
}

try {
  main(process.argv.slice(2))
} catch (thrown) {
  console.error(messageOf(thrown))
  process.exitCode = thrown instanceof UsageError ? 2 : 1
}
