import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ANTECEDENTS, missing, newCounters, REQUIRED } from './antecedents.ts'
import { addCounts, type Batch, type BatchResult } from './batch.ts'
import { runPool } from './pool.ts'
import type { Result } from './sim.ts'

const HELP = `The simulator: the real engine, gates, saga and store on a fake clock, in a world that lies, hangs and crashes,
held to the invariants of docs/safety.md after every step.

  npm run sim -- --seeds N [--seed S] [--minutes M] [--json FILE]

  --seeds N    how many seeds to run, one after the other from S (default 1)
  --seed S     the first seed (default: any); a seed always gives the same run
  --minutes M  begin no more after so many minutes, and say how to go on from there
  --json FILE  also write the result there, as JSON

Where nobody watches (a log, a pipe) it says every minute how far it is.

Exit code 0: every law held. 1: a law broke (the seed and its last events are printed), or what the laws speak of
happened too seldom. 2: usage.

  npm run sim -- --seeds 500             before a release
  nice npm run sim -- --seeds 100000 --seed 1 --minutes 60
  npm run sim -- --seed 4711             one run again, with its events when it breaks a law
`

const BATCH = 5
const EVENTS_SHOWN = 60
const MINUTE_MS = 60_000

type Options = {
  readonly firstSeed: number
  readonly seeds: number
  readonly forMs: number
  readonly json: string | undefined
}

function optionsOf(args: string[]): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      minutes: { type: 'string' },
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
  const seeds = values.seeds === undefined ? 1 : whole('seeds', values.seeds)
  const forMs = values.minutes === undefined ? Infinity : whole('minutes', values.minutes) * MINUTE_MS
  return { firstSeed, seeds, forMs, json: values.json }
}

type Report = {
  readonly firstSeed: number
  readonly seeds: number
  /** What was asked for and not begun. */
  readonly rest: { readonly seed: number; readonly seeds: number }
  readonly broken: Result | undefined
  readonly missing: readonly string[]
  readonly counts: BatchResult['counts']
  readonly simulatedMs: number
  readonly tookMs: number
}

async function run({ firstSeed, seeds, forMs }: Options): Promise<Report> {
  const total = newCounters()
  const began = performance.now()
  let [next, ran, simulatedMs] = [0, 0, 0]
  let broken: Result | undefined
  const progress = teller()
  const take = (): Batch | undefined => {
    if (broken || next >= seeds || performance.now() - began > forMs) return undefined
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
  if (process.stderr.isTTY) progress('')
  const tookMs = Math.round(performance.now() - began)
  const lacking = broken ? [] : missing(total.counts, ran)
  const rest = { seed: firstSeed + next, seeds: seeds - next }
  return { firstSeed, seeds: ran, rest, broken, missing: lacking, counts: total.counts, simulatedMs, tookMs }
}

/** On a terminal every word of progress on one line; else a line a minute. */
function teller(): (text: string) => void {
  if (process.stderr.isTTY) return (text) => void process.stderr.write(`\r${text.padEnd(60)}\r`)
  let toldAt = performance.now()
  return (text) => {
    if (performance.now() - toldAt < MINUTE_MS) return
    toldAt = performance.now()
    console.error(text)
  }
}

function print({ firstSeed, seeds, rest, broken, missing, counts, simulatedMs, tookMs }: Report): void {
  const width = Math.max(...ANTECEDENTS.map((name) => name.length))
  for (const name of ANTECEDENTS) {
    console.log(
      `${name.padEnd(width)}  ${String(counts[name]).padStart(7)}${REQUIRED.includes(name) ? '  asked for' : ''}`,
    )
  }
  const hours = (simulatedMs / 3_600_000).toFixed(1)
  console.log(
    `\nseeds ${firstSeed} to ${firstSeed + seeds - 1}: ${hours} simulated hours in ${(tookMs / 1000).toFixed(1)} s, ` +
      `${(tookMs / Math.max(1, seeds)).toFixed(0)} ms a seed`,
  )
  if (rest.seeds > 0 && !broken) console.log(`to go on: npm run sim -- --seed ${rest.seed} --seeds ${rest.seeds}`)
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
