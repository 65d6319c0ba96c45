import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { DriveDay } from '../../src/detect/disks/features.ts'

/** The days of each drive, in order, by the drive's name. */
export type Drives = ReadonlyMap<string, readonly DriveDay[]>

/** Reads what drives said; not which of them failed. */
export function readDrives(dir: string): Drives {
  const { head, rows } = tableOf(gunzipSync(readFileSync(join(dir, 'drive_days.csv.gz'))).toString())
  const column = (name: string): number => head.indexOf(name)
  const [drive, day, model] = [column('drive'), column('day'), column('model')]
  const [reallocated, pending, hours] = [column('smart_5_raw'), column('smart_197_raw'), column('smart_9_raw')]
  const drives = new Map<string, DriveDay[]>()
  for (const row of rows) {
    const days = drives.get(row[drive] ?? '') ?? []
    drives.set(row[drive] ?? '', days)
    days.push({
      day: Number(row[day]),
      model: row[model] ?? '',
      reallocated: numberOf(row[reallocated]),
      pending: numberOf(row[pending]),
      powerOnHours: numberOf(row[hours]),
    })
  }
  for (const days of drives.values()) days.sort((a, b) => a.day - b.day)
  return drives
}

/** Which drives failed, and on which day: for training alone. */
export function readFailures(dir: string): ReadonlyMap<string, number> {
  const { rows } = tableOf(readFileSync(join(dir, 'failures.csv'), 'utf8'))
  return new Map(rows.map(([drive = '', day]) => [drive, Number(day)]))
}

function tableOf(text: string): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const [head = '', ...lines] = text.trim().split('\n')
  return { head: head.split(','), rows: lines.map((line) => line.split(',')) }
}

const numberOf = (text: string | undefined): number => (text ? Number(text) : Number.NaN)
