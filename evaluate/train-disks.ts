import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beginFeatures, FEATURES, type Features } from '../src/detect/disks/features.ts'
import { riskOf, type DiskModel } from '../src/detect/disks/risk.ts'
import { messageOf } from '../src/domain/errors.ts'
import { readDrives, readFailures } from './disks/drive-days.ts'
import { fitLogistic } from './disks/logistic.ts'

// Learns what the shipped model of failing drives knows, and writes it as constants:
//   node evaluate/train-disks.ts DIR     with DIR the folder of the set
// Cross-validated by drive first: what is printed was said of drives that were not learned from.

const WARNING_DAYS = 14
/** A drive that failed in the first days was not seen before it. */
const EARLIEST_FAILURE_DAY = 3
const FOLDS = 10
const FALSE_ALARMS = 0.01

type Drive = { readonly failed: boolean; readonly days: readonly Features[] }

/** Each drive over two weeks: before its failure, or, of those that live on, before one that another drive had. */
function drivesOf(dir: string): Drive[] {
  const failures = readFailures(dir)
  const ends = [...failures.values()].filter((day) => day >= EARLIEST_FAILURE_DAY).sort((a, b) => a - b)
  let living = 0
  return [...readDrives(dir)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, days]) => {
      const failed = failures.get(name)
      const end = failed ?? ends[living++ % ends.length] ?? 0
      const featuresOf = beginFeatures()
      const seen = days
        .map((day) => ({ day: day.day, features: featuresOf(day) }))
        .filter(({ day }) => day >= end - WARNING_DAYS && day < end)
        .map(({ features }) => features)
      const counts = seen.length > 0 && (failed === undefined || failed >= EARLIEST_FAILURE_DAY)
      return counts ? [{ failed: failed !== undefined, days: seen }] : []
    })
}

/** Every drive counts once, however many days it was seen. */
function fit(drives: readonly Drive[]): DiskModel {
  const rows = drives.flatMap((drive) => drive.days.map((features) => ({ features, drive })))
  const model = fitLogistic({
    features: FEATURES.length,
    rows: Float64Array.from(rows.flatMap(({ features }) => [...features])),
    truths: Float64Array.from(rows, ({ drive }) => (drive.failed ? 1 : 0)),
    weights: Float64Array.from(rows, ({ drive }) => 1 / drive.days.length),
  })
  return { ...model, warnAt: Infinity }
}

const peakOf = (model: DiskModel, drive: Drive): number => Math.max(...drive.days.map((day) => riskOf(model, day)))

/** The risk of every drive by a model that never saw it; folds hold as many failures each. */
function heldOut(drives: readonly Drive[], round: number): number[] {
  const folds = new Map([true, false].map((failed) => [failed, round]))
  const foldOf = shuffled(drives, round).map((drive) => {
    const next = (folds.get(drive.failed) ?? 0) + 1
    folds.set(drive.failed, next)
    return [drive, next % FOLDS] as const
  })
  const fold = new Map(foldOf)
  const models = Array.from({ length: FOLDS }, (_, k) => fit(drives.filter((drive) => fold.get(drive) !== k)))
  return drives.map((drive) => {
    const model = models[fold.get(drive) ?? 0]
    return model ? peakOf(model, drive) : Number.NaN
  })
}

/** In an order of its own for each round, the same every time. */
function shuffled(drives: readonly Drive[], round: number): Drive[] {
  let state = round + 1
  const keyed = drives.map((drive) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return { drive, key: state }
  })
  return keyed.sort((a, b) => a.key - b.key).map(({ drive }) => drive)
}

/** The risk that so large a share of the healthy drives reaches, and the share of failed ones beyond it. */
function judged(drives: readonly Drive[], risks: readonly number[]): { warnAt: number; warned: number } {
  const healthy = risks.filter((_, i) => drives[i]?.failed === false).sort((a, b) => b - a)
  const failed = risks.filter((_, i) => drives[i]?.failed === true)
  const warnAt = healthy[Math.floor(FALSE_ALARMS * healthy.length)] ?? Infinity
  return { warnAt, warned: failed.filter((risk) => risk > warnAt).length / failed.length }
}

const TARGET = fileURLToPath(new URL('../src/detect/disks/model.ts', import.meta.url))

function train(dir: string): void {
  const drives = drivesOf(dir)
  const rounds = [0, 1, 2, 3].map((round) => judged(drives, heldOut(drives, round)))
  for (const { warned, warnAt } of rounds) {
    console.log(`held out: ${(100 * warned).toFixed(1)} % of failures warned of, from ${warnAt.toFixed(3)} on`)
  }
  const warnAt = rounds.reduce((sum, round) => sum + round.warnAt, 0) / rounds.length
  const model = { ...fit(drives), warnAt }
  const kept = readFileSync(TARGET, 'utf8').split('\n')[0] ?? ''
  writeFileSync(TARGET, textOf(kept, model))
}

/** Six digits say more than so few failures can. */
function textOf(head: string, model: DiskModel): string {
  const numbers = (of: readonly number[]): string =>
    of.map((value) => `    ${Number(value.toPrecision(6))},`).join('\n')
  return `${head}

/** Learned by \`evaluate/train-disks.ts\`, which wrote this file; docs/evaluation-disks.md says from what. */
export const DISK_MODEL: DiskModel = {
  means: [
${numbers(model.means)}
  ],
  scales: [
${numbers(model.scales)}
  ],
  weights: [
${numbers(model.weights)}
  ],
  bias: ${Number(model.bias.toPrecision(6))},
  warnAt: ${Number(model.warnAt.toPrecision(6))},
}
`
}

try {
  const [dir] = process.argv.slice(2)
  if (dir === undefined) throw new Error('cannot train: say the folder of the set as the only argument')
  train(dir)
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
