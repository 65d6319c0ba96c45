import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAlarm, DEFAULT_ALARM } from '../../src/detect/alarm.ts'
import { ensemble, WEIGHTS } from '../../src/detect/streams/ensemble.ts'
import { UsageError } from '../../src/domain/errors.ts'
import { canonical } from '../../src/lib/json.ts'
import type { Place, Result, Task } from '../lib/task.ts'
import { intervalOf, rowsOf } from '../lib/univariate.ts'
import { MANY, runMany } from './many.ts'

/** Sets of single series, by the name that `--sets` takes. */
const SETS: Readonly<Record<string, string>> = { nab: 'detect-nab', mscloud: 'detect-mscloud' }
const SUFFIX = '.csv.gz'
const ALL: readonly string[] = [...Object.keys(SETS), ...Object.keys(MANY)]

export const detectTask: Task = {
  about: `scores and alarms of series, one or many at once (sets ${ALL.join(', ')})`,
  run: (place) => (place.sets ?? ALL).map((set) => (Object.hasOwn(MANY, set) ? runMany : runSet)(set, place)),
}

function runSet(set: string, { data, out, say }: Place): Result {
  const folder = Object.hasOwn(SETS, set) ? SETS[set] : undefined
  if (folder === undefined) throw new UsageError(`there is no set '${set}': known are ${ALL.join(', ')}`)
  const names = readdirSync(join(data, folder)).filter((name) => name.endsWith(SUFFIX))
  mkdirSync(join(out, folder), { recursive: true })
  const begun = performance.now()
  let samples = 0
  for (const name of names) {
    const lines = handIn(join(data, folder, name))
    samples += lines.length
    writeFileSync(join(out, folder, `${name.slice(0, -SUFFIX.length)}.csv`), `score,flag\n${lines.join('\n')}\n`)
    say(`${set}: ${name.slice(0, -SUFFIX.length)}`)
  }
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(1))
  return { set, series: names.length, samples, seconds, settings: SETTINGS }
}

const SETTINGS: string = createHash('sha256')
  .update(canonical({ weights: WEIGHTS, alarm: DEFAULT_ALARM }))
  .digest('hex')
  .slice(0, 12)

/**
 * One line a row, in one pass. The flag marks the row at which the alarm is raised, that is: somebody is told. The score
 * of such a row lies above those of all others, so that a threshold of one half on the score is the alarm decision.
 */
function handIn(file: string): string[] {
  const stream = ensemble.begin({ kind: 'gauge', intervalMs: intervalOf(file) })
  const alarm = createAlarm()
  const lines: string[] = []
  for (const { atMs, value } of rowsOf(file)) {
    const score = stream.next(atMs, value)
    const { raised } = alarm.next(atMs, score)
    lines.push(Number.isNaN(score) ? ',0' : `${((raised ? 1 : 0) + score) / 2},${raised ? 1 : 0}`)
  }
  return lines
}
