import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beginBudget } from '../src/detect/streams/budget.ts'
import { beginJoint } from '../src/detect/streams/joint.ts'

/** Sets of many metrics at once, by their folder: how far apart their rows are. */
export const MANY: Readonly<Record<string, number>> = { 'detect-smd': 60_000, 'detect-asd': 300_000 }

/** Alarms a day that nobody would mind for one machine. */
export const ALARMS_PER_DAY = 2

/**
 * One pass over each machine: its normal past first, then what is judged, with one detector and one budget throughout.
 * Writes `score,flag` for each row of what is judged.
 */
export function detectMany(dataDir: string, outDir: string, set: string, note: (text: string) => void): void {
  const [from, to] = [join(dataDir, set), join(outDir, set)]
  mkdirSync(to, { recursive: true })
  const machines = readdirSync(from).flatMap((name) => (name.endsWith('.test.csv.gz') ? [name.slice(0, -12)] : []))
  for (const machine of machines) {
    const [past, rows] = ['train', 'test'].map((part) => readRows(join(from, `${machine}.${part}.csv.gz`)))
    note(`${set}: ${machine}`)
    writeFileSync(join(to, `${machine}.csv`), judged(past ?? [], rows ?? [], MANY[set] ?? 60_000))
  }
}

function judged(past: readonly Float64Array[], rows: readonly Float64Array[], intervalMs: number): string {
  const joint = beginJoint(rows[0]?.length ?? 0)
  const alarm = beginBudget({ perDay: ALARMS_PER_DAY, intervalMs })
  const lines = ['score,flag']
  ;[...past, ...rows].forEach((row, i) => {
    const { score } = joint.next(i * intervalMs, row, i < past.length ? 'normal' : undefined)
    const flag = alarm.next(score)
    if (i >= past.length) lines.push(`${Number.isNaN(score) ? '' : score.toPrecision(12)},${flag ? 1 : 0}`)
  })
  return `${lines.join('\n')}\n`
}

/** The metrics alone: labels, and all else that is not called m1, m2 and so on, are dropped here. */
function readRows(file: string): Float64Array[] {
  const [head = '', ...lines] = gunzipSync(readFileSync(file)).toString().trim().split('\n')
  const columns = head.split(',').flatMap((name, i) => (/^m\d+$/.test(name) ? [i] : []))
  return lines.map((line) => {
    const cells = line.split(',')
    return Float64Array.from(columns, (i) => (cells[i] ? Number(cells[i]) : Number.NaN))
  })
}
