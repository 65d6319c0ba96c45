import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ANTECEDENTS, missing, newCounters, REQUIRED } from './antecedents.ts'
import { addCounts, type Batch, type BatchResult } from './batch.ts'
import { runPool } from './pool.ts'
import type { Result } from './sim.ts'

const HELP = `The simulator: the real engine, gates, saga and store on a fake clock, in a world that lies, hangs and crashes,
held to the invariants of docs/design.md after every step.

  npm run sim -- --seeds N [--seed S] [--json FILE]

  --seeds N    how many seeds to run, one after the other from S (default 1)
  --seed S     the first seed (default: any); a seed always gives the same run
  --json FILE  also write the result there, as JSON

Exit code 0: every law held. 1: a law broke (the seed and its last events are printed), or what the laws speak of
happened too seldom. 2: usage.

  npm run sim -- --seeds 500             before a release
  npm run sim -- --seed 4711             one run again, with its events when it breaks a law
`

const BATCH = 5
const EVENTS_SHOWN = 60

type Options = { readonly firstSeed: number; readonly seeds: number; readonly json: string | undefined }

function optionsOf(args: string[]): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) return 'help'
  const whole = (name: string, text: string): number => {
    if (/^\d{1,9}$/.test(text)) return Number(text)
    throw new Error(`--${name} wants a whole number, and '${text}' is none`)
  }
  const firstSeed = values.seed === undefined ? randomInt(1, 1_000_000_000) : whole('seed', values.seed)
  return { firstSeed, seeds: values.seeds === undefined ? 1 : whole('seeds', values.seeds), json: values.json }
}

type Report = {
  readonly firstSeed: number
  readonly seeds: number
  readonly broken: Result | undefined
  readonly missing: readonly string[]
  readonly counts: BatchResult['counts']
  readonly simulatedMs: number
  readonly tookMs: number
}

async function run({ firstSeed, seeds }: Options): Promise<Report> {
  const total = newCounters()
  const began = performance.now()
  let [next, ran, simulatedMs] = [0, 0, 0]
  let broken: Result | undefined
  const take = (): Batch | undefined => {
    if (broken || next >= seeds) return undefined
    const batch = { firstSeed: firstSeed + next, seeds: Math.min(BATCH, seeds - next) }
    next += batch.seeds
    return batch
  }
  await runPool(take, (_batch, result) => {
    addCounts(total, result.counts)
    ran += result.seeds
    simulatedMs += result.simulatedMs
    if (result.broken && (!broken || result.broken.seed < broken.seed)) broken = result.broken
    progress(`${ran} of ${seeds} seeds, ${((performance.now() - began) / 1000).toFixed(0)} s`)
  })
  progress('')
  const tookMs = Math.round(performance.now() - began)
  const lacking = broken ? [] : missing(total.counts, ran)
  return { firstSeed, seeds: ran, broken, missing: lacking, counts: total.counts, simulatedMs, tookMs }
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}\r`)
}

function print({ firstSeed, seeds, broken, missing, counts, simulatedMs, tookMs }: Report): void {
  const width = Math.max(...ANTECEDENTS.map((name) => name.length))
  for (const name of ANTECEDENTS) {
    console.log(
      `${name.padEnd(width)}  ${String(counts[name]).padStart(7)}${REQUIRED.includes(name) ? '  asked for' : ''}`,
    )
  }
  const hours = (simulatedMs / 3_600_000).toFixed(1)
  console.log(
    `\nseeds ${firstSeed} to ${firstSeed + seeds - 1}: ${hours} simulated hours in ${(tookMs / 1000).toFixed(1)} s, ` +
      `${(tookMs / seeds).toFixed(0)} ms a seed`,
  )
  for (const problem of missing) console.log(`too seldom: ${problem}`)
  if (!broken?.broken) return console.log(missing.length === 0 ? 'every law held' : '')
  console.log(`\n${broken.log.slice(-EVENTS_SHOWN).join('\n')}\n`)
  console.log(`seed ${broken.seed} breaks '${broken.broken.law}': ${broken.broken.problem}`)
  console.log(`see it again: npm run sim -- --seed ${broken.seed}`)
}

async function main(): Promise<number> {
  let options: Options | 'help'
  try {
    options = optionsOf(process.argv.slice(2))
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${HELP}`)
    return 2
  }
  if (options === 'help') {
    console.log(HELP)
    return 0
  }
  console.log(`seeds from ${options.firstSeed}`)
  const report = await run(options)
  print(report)
  const ok = !report.broken && report.missing.length === 0
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ ok, ...report }, null, 2)}\n`)
  return ok ? 0 : 1
}

process.exitCode = await main()
