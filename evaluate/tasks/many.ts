import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { messageOf } from '../../src/domain/errors.ts'
import { BUDGET_ALARMS_A_DAY, beginBudget } from '../../src/detect/many/budget.ts'
import { JOINT_SETTINGS, beginJoint } from '../../src/detect/many/joint.ts'
import { canonical } from '../../src/lib/json.ts'
import type { Place, Result } from '../lib/task.ts'

/** Sets of many metrics at once, by the name that `--sets` takes; their rows carry no times. */
export const MANY: Readonly<Record<string, { readonly folder: string; readonly intervalMs: number }>> = {
  smd: { folder: 'detect-smd', intervalMs: 60_000 },
  asd: { folder: 'detect-asd', intervalMs: 300_000 },
}

const SUFFIX = '.test.csv.gz'

/** One pass over each machine: its normal past first, then what is judged, with one detector and one budget throughout. */
export function runMany(set: string, { data, out, say }: Place): Result {
  const { folder, intervalMs } = MANY[set] ?? { folder: set, intervalMs: 60_000 }
  const names = readdirSync(join(data, folder)).filter((name) => name.endsWith(SUFFIX))
  mkdirSync(join(out, folder), { recursive: true })
  const begun = performance.now()
  let samples = 0
  for (const name of names) {
    const machine = name.slice(0, -SUFFIX.length)
    const past = readRows(join(data, folder, `${machine}.train.csv.gz`))
    const rows = readRows(join(data, folder, name))
    const lines = handIn(past, rows, intervalMs)
    samples += (past.length + rows.length) * (rows[0]?.length ?? 0)
    writeFileSync(join(out, folder, `${machine}.csv`), `score,flag\n${lines.join('\n')}\n`)
    say(`${set}: ${machine}`)
  }
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(1))
  return { set, series: names.length, samples, seconds, settings: SETTINGS }
}

const SETTINGS: string = createHash('sha256')
  .update(canonical({ joint: JOINT_SETTINGS, alarmsPerDay: BUDGET_ALARMS_A_DAY }))
  .digest('hex')
  .slice(0, 12)

function handIn(past: readonly Float64Array[], rows: readonly Float64Array[], intervalMs: number): string[] {
  const joint = beginJoint(rows[0]?.length ?? 0)
  const alarm = beginBudget({ perDay: BUDGET_ALARMS_A_DAY, intervalMs })
  for (const [i, row] of past.entries()) alarm.next(joint.next(i * intervalMs, row, 'normal').score)
  return rows.map((row, i) => {
    const { score } = joint.next((past.length + i) * intervalMs, row)
    return `${Number.isNaN(score) ? '' : score},${alarm.next(score) ? 1 : 0}`
  })
}

/** The metrics alone: the label, and all else that is not called m1, m2 and so on, is dropped before anybody sees the row. */
function readRows(file: string): Float64Array[] {
  const [head = '', ...lines] = textOf(file).trimEnd().split('\n')
  const columns = head.split(',').flatMap((name, i) => (/^m\d+$/.test(name) ? [i] : []))
  if (columns.length === 0) throw new Error(`cannot read ${file}: it begins with '${head}'`)
  return lines.map((line) => {
    const cells = line.split(',')
    return Float64Array.from(columns, (i) => (cells[i] ? Number(cells[i]) : Number.NaN))
  })
}

function textOf(file: string): string {
  try {
    return gunzipSync(readFileSync(file)).toString()
  } catch (error) {
    throw new Error(`cannot read ${file}: ${messageOf(error)}`, { cause: error })
  }
}
