import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { month, type DayReport } from './month.ts'

const GROWS_BY_DESIGN = ['segments'] // their heads stay for ever, and are small

test('days go by, and neither memory nor record grows beyond retention', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kintsugi-soak-'))
  try {
    const days: DayReport[] = []
    for await (const day of month(folder, 4)) days.push(day)
    const [second, last] = [days[1], days[3]] as [DayReport, DayReport]
    expect(last.effects).toBeGreaterThan(40)
    expect(last.recordBytes).toBeLessThan(1.5 * second.recordBytes)
    expect(last.heapBytes).toBeLessThan(second.heapBytes + 5e6)
    for (const [table, rows] of Object.entries(last.rows)) {
      if (!GROWS_BY_DESIGN.includes(table))
        expect([table, rows <= 1.5 * (second.rows[table] ?? 0) + 10]).toEqual([table, true])
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
