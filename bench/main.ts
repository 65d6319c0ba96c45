import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../src/domain/errors.ts'
import type { Bench, Figure } from './lib/benchmark.ts'
import { tableOf } from './lib/table.ts'
import { BENCHES } from './registry.ts'

const HELP = `Measures Kintsugi, where it can beside a peer in the same run. What must be reached stands in docs/design.md.

  npm run bench -- [NAME...] [--json FILE]

${Object.entries(BENCHES)
  .map(([name, { about }]) => `  ${name.padEnd(16)} ${about}`)
  .join('\n')}

  NAME    which (default: all)
  --json  writes the figures as JSON to FILE ('-': standard output) instead of a table

Example: npm run bench -- alert-intake --json bench.json
Exit code: 0 measured, 1 something went wrong, 2 usage.
`

type Args = { readonly benches: readonly Bench[]; readonly json?: string }

/** Undefined when help was asked for. */
function readArgs(argv: readonly string[]): Args | undefined {
  const { values, positionals } = parsed(argv)
  if (values.help) return undefined
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHES)
  const benches = names.map((name) => {
    const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
    if (!bench) throw new UsageError(`there is no benchmark '${name}': known are ${Object.keys(BENCHES).join(', ')}`)
    return bench
  })
  return { benches, ...(values.json !== undefined && { json: values.json }) }
}

const OPTIONS = { help: { type: 'boolean', short: 'h' }, json: { type: 'string' } } as const

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error })
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const args = readArgs(argv)
  if (!args) return void process.stdout.write(HELP)
  const figures: Figure[] = []
  for (const bench of args.benches) figures.push(...(await bench.run((text) => console.error(`${text} ...`))))
  const json = `${JSON.stringify(figures, undefined, 2)}\n`
  if (args.json === undefined) process.stdout.write(tableOf(figures))
  else if (args.json === '-') process.stdout.write(json)
  else writeFileSync(args.json, json)
}

await main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(messageOf(thrown))
  process.exitCode = thrown instanceof UsageError ? 2 : 1
})
