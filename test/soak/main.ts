import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { month } from './month.ts'

const HELP = `Days of simulated time on one record and one owner: what grows, day by day.

  npm run soak -- [--days N]

  --days N     simulated days (default 30, about a minute)
`

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { days: { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help) {
    console.log(HELP)
    return 0
  }
  const folder = mkdtempSync(join(tmpdir(), 'kintsugi-soak-'))
  try {
    for await (const { day, effects, heapBytes, recordBytes, rows } of month(folder, Number(values.days ?? 30))) {
      const sizes = `heap ${(heapBytes / 1e6).toFixed(1)} MB  record ${(recordBytes / 1e6).toFixed(2)} MB`
      const counts = Object.entries(rows).map(([table, count]) => `${table} ${count}`)
      console.log(
        `day ${String(day).padStart(3)}  effects ${String(effects).padStart(5)}  ${sizes}  ${counts.join('  ')}`,
      )
    }
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
