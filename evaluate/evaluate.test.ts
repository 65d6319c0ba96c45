import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UsageError } from '../src/domain/errors.ts'
import { detectTask } from './tasks/detect.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kintsugi-evaluate-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Writes one series with a fault at row 400 and a gap, and returns what is handed in for it. */
function handedIn(labelOf: (row: number) => string): string[] {
  const set = join(folder, 'detect-nab')
  mkdirSync(set, { recursive: true })
  const lines = Array.from({ length: 500 }, (_, i) => {
    const value = i === 400 ? 900 : 50 + ((i * 7919) % 13)
    return `${1_600_000_000 + 300 * i},${i === 450 ? '' : value},${labelOf(i)}`
  })
  writeFileSync(join(set, 'one.csv.gz'), gzipSync(`timestamp,value,label\n${lines.join('\n')}\n`))
  const [result] = detectTask.run({ data: folder, out: join(folder, 'out'), sets: ['nab'], say: () => {} })
  expect(result).toMatchObject({ set: 'nab', series: 1, samples: 500 })
  return readFileSync(join(folder, 'out', 'detect-nab', 'one.csv'), 'utf8')
    .trimEnd()
    .split('\n')
}

test('a row is handed in for each row, empty where there is no value, flagged where the alarm is raised', () => {
  const [head, ...rows] = handedIn(() => '0')
  expect(head).toBe('score,flag')
  expect(rows).toHaveLength(500)
  expect(rows[0]).toBe(',0')
  expect(rows[450]).toBe(',0')
  expect(rows.flatMap((row, i) => (row.endsWith(',1') ? [i] : []))).toEqual([400])
})

test('labels are never read: whatever they are, the same is handed in', () => {
  const none = handedIn(() => '0')
  expect(handedIn((row) => (row === 200 ? '1' : '0'))).toEqual(none)
  expect(handedIn(() => 'nonsense')).toEqual(none)
})

test('a set that is not known is refused by name', () => {
  const unknown = () => detectTask.run({ data: folder, out: folder, sets: ['nowhere'], say: () => {} })
  expect(unknown).toThrow(UsageError)
})
