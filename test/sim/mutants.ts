import { parseArgs } from 'node:util'
import { missing } from './antecedents.ts'
import type { Batch, BatchResult } from './batch.ts'
import { MUTATIONS } from './mutations.ts'
import { runPool } from './pool.ts'
import { SURVIVORS } from './survivors.ts'

const HELP = `Shows that the simulator can fail: every mutant of the engine runs seeds until a law breaks, or until what the laws
speak of no longer happens. Mutants are generated from what the engine is made of (its gates, entries, table changes,
actions and ports), not picked.

  npm run sim:mutants -- [--seeds N] [--only TEXT]

  --seeds N    the most seeds for one mutant (default 200)
  --only TEXT  only mutants whose name holds the text

Exit code 0: none survives but those listed in test/sim/survivors.ts with their reasons, and all of those do. 1: else.

  npm run sim:mutants -- --only gate     the gates' mutants alone
`

/** How a mutant was noticed; undefined for one that survived. */
function deathOf(result: BatchResult): { readonly by: string; readonly how: string } | undefined {
  if (result.broken?.broken)
    return { by: result.broken.broken.law, how: `seed ${result.broken.seed}: ${result.broken.broken.problem}` }
  const [lacking] = missing(result.counts, result.seeds)
  return lacking === undefined ? undefined : { by: 'too seldom', how: lacking }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seeds: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const seeds = Number(values.seeds ?? 200)
  const chosen = MUTATIONS.filter(({ name }) => name.includes(values.only ?? ''))
  const results = new Map<string, BatchResult>()
  const waiting = chosen.map(({ name }): Batch => ({ firstSeed: 1, seeds, mutation: name }))
  await runPool(
    () => waiting.shift(),
    ({ mutation = '' }, result) => {
      results.set(mutation, result)
      if (process.stderr.isTTY) process.stderr.write(`\r${results.size} of ${chosen.length} mutants\r`)
    },
  )
  return report(
    chosen.map(({ name }) => name),
    results,
  )
}

function report(names: readonly string[], results: ReadonlyMap<string, BatchResult>): number {
  const width = Math.max(...names.map((name) => name.length))
  let wrong = 0
  for (const name of names) {
    const result = results.get(name)
    const death = result && deathOf(result)
    const reason = SURVIVORS[name]
    const asListed = (death === undefined) === (reason !== undefined)
    if (!asListed) wrong++
    const text = death ? `killed by ${death.by}  (${death.how})` : `survived ${reason ?? 'and is not listed'}`
    console.log(`${asListed ? ' ' : '!'} ${name.padEnd(width)}  ${text.slice(0, 200)}`)
  }
  const unknown = Object.keys(SURVIVORS).filter((name) => !MUTATIONS.some((mutation) => mutation.name === name))
  for (const name of unknown) console.log(`! ${name} is listed as a survivor, and there is no such mutant`)
  console.log(`\n${names.length} mutants, ${wrong + unknown.length} not as they should be`)
  return wrong + unknown.length === 0 ? 0 : 1
}

process.exitCode = await main()
