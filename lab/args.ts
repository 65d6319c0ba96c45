import { parseArgs } from 'node:util'
import { messageOf, UsageError } from '../src/domain/errors.ts'
import { controls } from './controls/registry.ts'
import { faultNames, faults } from './faults/registry.ts'
import { DEFAULT_BASE_PORT } from './shop/layout.ts'

/** What was typed. */
export type Args =
  | { readonly command: 'help' }
  | { readonly command: 'demo'; readonly dir: string; readonly basePort: number }
  | {
      readonly command: 'rounds'
      readonly faults: readonly string[]
      readonly controls: readonly string[]
      readonly rounds: number
      readonly seed: number
      readonly shadow: boolean
      /** Absent: that of `policies.yaml`. */
      readonly profile?: 'production'
      /** With all rules switched off: only detectors look. */
      readonly watching?: Watching
      readonly dir: string
      /** Absent: a free block for each round. */
      readonly basePort?: number
      readonly json?: string
    }

const [WARM_UP_S, LASTS_S, DAYS] = [130, 20, 7]

/** How detectors are tried: warmed up on healthy traffic for so long, each fault for so long, so many healthy days. */
export type Watching = { readonly warmUpMs: number; readonly lastsMs: number; readonly days: number }

export const HELP: string = `The lab breaks a shop of real processes on purpose and measures how Kintsugi heals it.

  npm run lab -- --faults all|none|NAME[,NAME] [--controls all|none|NAME[,NAME]] [--rounds N] [--seed S]
                 [--shadow] [--profile lab|production] [--json FILE] [--base-port N] [--dir DIR]
  npm run lab -- --rules off --faults all|none|NAME[,NAME] [--controls daily-rhythm|none] [--warm-up S] [--lasts S]
                 [--days N] [--rounds N] [--seed S] [--json FILE] [--base-port N] [--dir DIR]
  npm run lab -- demo [--base-port N] [--dir DIR]

  --faults     which faults: ${Object.keys(faults).join(', ')}, all or none
  --controls   what must see no effect: ${Object.keys(controls).join(', ')}, all (default) or none; each once
  --rounds     rounds of each fault, each on a fresh shop and a fresh record (default 1)
  --seed       repeats the same draws of victims and moments (default: drawn, and printed)
  --shadow     Kintsugi in shadow: the shop must stay untouched, the record must say what would have been done
  --profile    production: the same controls under the calm settings; for controls only
  --rules      off: Kintsugi without policies and objectives; which detector finds each fault, and what is found where
               nothing is wrong
  --warm-up    with --rules off: seconds of healthy traffic before it counts (default ${WARM_UP_S}; detectors say nothing
               for 120 samples, one a second)
  --lasts      with --rules off: seconds that each fault lasts before it is undone (default ${LASTS_S})
  --days       with --rules off: how many healthy days, of 40 s, daily-rhythm has (default ${DAYS})
  --json       writes the result as JSON to FILE ('-': standard output) instead of a table
  --base-port  first of a block of some 50 ports (rounds: any free block; demo: ${DEFAULT_BASE_PORT})
  --dir        where rounds leave their logs and records (default .kintsugi/lab; demo: .kintsugi/demo)

Example: npm run lab -- --faults crash,freeze --rounds 5 --json lab.json
Exit code: 0 all as it must be, 1 not, 2 usage.
`

/** Reads the command line; throws {@link UsageError} on what cannot be meant. */
export function readArgs(argv: readonly string[], drawSeed: () => number): Args {
  const { values, positionals } = parse(argv)
  if (values.help) return { command: 'help' }
  const basePort =
    values['base-port'] === undefined ? undefined : whole('--base-port', values['base-port'], 1024, 65_000)
  const [word, ...rest] = positionals
  const profile = profileOf(values)
  const watching = watchingOf(values)
  if (word === 'demo' && rest.length === 0) {
    return { command: 'demo', dir: values.dir ?? '.kintsugi/demo', basePort: basePort ?? DEFAULT_BASE_PORT }
  }
  if (word !== undefined) throw new UsageError(`the lab knows no '${positionals.join(' ')}': see --help`)
  if (values.faults === undefined) throw new UsageError('say which faults: --faults all, or see --help')
  return {
    command: 'rounds',
    faults: faultNames(values.faults),
    controls: controlNames(values.controls ?? (watching ? HEALTHY : 'all')),
    rounds: whole('--rounds', values.rounds ?? '1', 1, 1000),
    seed: values.seed === undefined ? drawSeed() : whole('--seed', values.seed, 0, 2 ** 31),
    shadow: values.shadow ?? false,
    ...(profile && { profile }),
    ...(watching && { watching }),
    dir: values.dir ?? '.kintsugi/lab',
    ...(basePort !== undefined && { basePort }),
    ...(values.json !== undefined && { json: values.json }),
  }
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  faults: { type: 'string' },
  controls: { type: 'string' },
  rounds: { type: 'string' },
  seed: { type: 'string' },
  shadow: { type: 'boolean' },
  profile: { type: 'string' },
  json: { type: 'string' },
  rules: { type: 'string' },
  'warm-up': { type: 'string' },
  lasts: { type: 'string' },
  days: { type: 'string' },
  dir: { type: 'string' },
  'base-port': { type: 'string' },
} as const

type Parsed = ReturnType<typeof parseArgs<{ args: string[]; allowPositionals: true; options: typeof OPTIONS }>>

function parse(argv: readonly string[]): Parsed {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error })
  }
}

/** The calm profile heals nobody within the limit of a round: it is for controls. */
function profileOf({ profile, faults }: Parsed['values']): 'production' | undefined {
  if (profile === undefined || profile === 'lab') return undefined
  if (profile !== 'production') throw new UsageError(`--profile ${profile}: expected lab or production`)
  if (faults !== 'none') throw new UsageError('--profile production is for controls: give --faults none')
  return 'production'
}

/** The only control in which nothing at all is out of the ordinary once its rhythm is known. */
const HEALTHY = 'daily-rhythm'

/** Without rules nobody acts: what asks how Kintsugi acts does not go with it. */
function watchingOf(values: Parsed['values']): Watching | undefined {
  const { rules = 'on', controls: wanted = HEALTHY, shadow, profile } = values
  if (rules !== 'on' && rules !== 'off') throw new UsageError(`--rules ${rules}: expected on or off`)
  const alone = (['warm-up', 'lasts', 'days'] as const).find((name) => values[name] !== undefined)
  if (rules === 'on' && alone) throw new UsageError(`--${alone} is for --rules off`)
  if (rules === 'on') return undefined
  if (shadow || profile !== undefined) throw new UsageError('--rules off goes with neither --shadow nor --profile')
  if (wanted !== HEALTHY && wanted !== 'none') throw new UsageError(`--rules off has one control: ${HEALTHY}, or none`)
  const secondsOf = (name: 'warm-up' | 'lasts', least: number, otherwise: number): number =>
    1000 * whole(`--${name}`, values[name] ?? String(otherwise), least, 86_400)
  return {
    warmUpMs: secondsOf('warm-up', 0, WARM_UP_S),
    lastsMs: secondsOf('lasts', 1, LASTS_S),
    days: whole('--days', values.days ?? String(DAYS), 1, 1000),
  }
}

function controlNames(text: string): string[] {
  if (text === 'all') return Object.keys(controls)
  if (text === 'none') return []
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !(name in controls))
  if (unknown.length === 0) return names
  throw new UsageError(`the lab has no control '${unknown.join("', '")}': it has ${Object.keys(controls).join(', ')}`)
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new UsageError(`${name} ${text}: expected a whole number from ${least} to ${most}`)
}
