import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { detectTask } from './tasks/detect.ts'
import { predictTask } from './tasks/predict.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kintsugi-evaluate-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const place = (sets: readonly string[]) => ({ data: folder, out: join(folder, 'out'), sets, say: () => {} })
const read = (...path: readonly string[]): string[] =>
  readFileSync(join(folder, 'out', ...path), 'utf8')
    .trimEnd()
    .split('\n')

/** Three metrics that move together; at row 250 of what is judged one leaves the others. */
function machine(labelOf: (row: number) => string): string[] {
  const set = join(folder, 'detect-smd')
  mkdirSync(set, { recursive: true })
  const row = (i: number, apart: number): string => {
    const wave = Math.sin(i / 7)
    return `${i},${[wave, 2 * wave, -wave].map((value, k) => value + ((i * 7919 * (k + 1)) % 13) / 200 + (k === 1 ? apart : 0)).join(',')}`
  }
  const past = Array.from({ length: 600 }, (_, i) => row(i, 0))
  const rows = Array.from({ length: 400 }, (_, i) => `${row(i, i === 250 ? 4 : 0)},${labelOf(i)}`)
  writeFileSync(join(set, 'm.train.csv.gz'), gzipSync(`row,m1,m2,m3\n${past.join('\n')}\n`))
  writeFileSync(join(set, 'm.test.csv.gz'), gzipSync(`row,m1,m2,m3,label\n${rows.join('\n')}\n`))
  const [result] = detectTask.run(place(['smd']))
  expect(result).toMatchObject({ set: 'smd', series: 1, samples: 3000 })
  return read('detect-smd', 'm.csv')
}

test('of a machine one row is handed in for each row, and what leaves the others is flagged', () => {
  const [head, ...rows] = machine(() => '0')
  expect(head).toBe('score,flag')
  expect(rows).toHaveLength(400)
  const highest = rows
    .map((row) => Number(row.split(',')[0]))
    .reduce((at, score, i, all) => (score > all[at]! ? i : at), 0)
  expect(highest).toBe(250)
  expect(rows[250]).toMatch(/,1$/)
})

test("labels of a machine are never read, nor a drive's failure", () => {
  expect(machine((row) => (row === 20 ? '1' : '0'))).toEqual(machine(() => 'nonsense'))
  mkdirSync(join(folder, 'predict-backblaze'))
  const days = Array.from(
    { length: 5 },
    (_, day) => `a,${day},ST1,7,${day * 500},9000,20,${day * 9}\nb,${day},ST1,7,0,9000,,`,
  )
  const head = 'drive,day,model,smart_1_raw,smart_5_raw,smart_9_raw,smart_194_raw,smart_197_raw'
  // There is no file that says which failed.
  writeFileSync(join(folder, 'predict-backblaze', 'drive_days.csv.gz'), gzipSync(`${head}\n${days.join('\n')}\n`))
  const [result] = predictTask.run(place(['disks']))
  expect(result).toMatchObject({ set: 'disks', series: 2, samples: 10 })
  const [names, ...rows] = read('predict-backblaze.csv')
  expect(names).toBe('drive,day,score,flag')
  expect(rows).toHaveLength(10)
  expect(rows.find((row) => row.startsWith('a,4,'))).toMatch(/,1$/)
  expect(rows.find((row) => row.startsWith('b,4,'))).toMatch(/,0$/)
})
