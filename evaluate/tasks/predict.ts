import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DISK_MODEL } from '../../src/detect/disks/model.ts'
import { beginDisk } from '../../src/detect/disks/risk.ts'
import { UsageError } from '../../src/domain/errors.ts'
import { canonical } from '../../src/lib/json.ts'
import { readDrives } from '../disks/drive-days.ts'
import type { Place, Result, Task } from '../lib/task.ts'

const SET = 'disks'
const FOLDER = 'predict-backblaze'

export const predictTask: Task = {
  about: `which drives will fail, from what they say of themselves (set ${SET}; writes ${FOLDER}.csv)`,
  run: (place) => (place.sets ?? [SET]).map((set) => runDisks(set, place)),
}

/** Judges every drive day by day with the shipped model; which drives failed is never read. */
function runDisks(set: string, { data, out, say }: Place): Result {
  if (set !== SET) throw new UsageError(`there is no set '${set}': known is ${SET}`)
  const begun = performance.now()
  const drives = readDrives(join(data, FOLDER))
  say(`${SET}: ${drives.size} drives`)
  const lines = [...drives].flatMap(([drive, days]) => {
    const disk = beginDisk()
    return days.map((day) => {
      const { logOdds, warn } = disk(day)
      return `${drive},${day.day},${logOdds.toFixed(6)},${warn ? 1 : 0}`
    })
  })
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, `${FOLDER}.csv`), `drive,day,score,flag\n${lines.join('\n')}\n`)
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(1))
  const settings = createHash('sha256').update(canonical(DISK_MODEL)).digest('hex').slice(0, 12)
  return { set, series: drives.size, samples: lines.length, seconds, settings }
}
