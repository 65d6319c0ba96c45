import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beginDisk } from '../src/detect/disks/risk.ts'
import { readDrives } from './drive-days.ts'

/** The folder of the set, and the file that is handed in. */
const SET = 'predict-backblaze'

/** Judges every drive day by day with the shipped model, and writes `drive,day,score,flag`. Gives the file's name. */
export function predict(dataDir: string, outDir: string, note: (text: string) => void): string {
  const drives = readDrives(join(dataDir, SET))
  note(`${SET}: ${drives.size} drives`)
  const lines = ['drive,day,score,flag']
  for (const [drive, days] of drives) {
    const risk = beginDisk()
    for (const day of days) {
      const { logOdds, warn } = risk(day)
      lines.push(`${drive},${day.day},${logOdds.toFixed(6)},${warn ? 1 : 0}`)
    }
  }
  mkdirSync(outDir, { recursive: true })
  const file = join(outDir, `${SET}.csv.gz`)
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`))
  return file
}
