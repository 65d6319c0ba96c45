import { join } from 'node:path'
import { expect } from 'vitest'
import { backupRecord } from '../../src/store/backup.ts'
import { restoreRecord } from '../../src/store/restore.ts'
import { WEB_1 } from '../gate-world.ts'
import { scenario } from './stage.ts'

const NIGHT_MS = 8 * 3_600_000

scenario(
  "a record restored from last night: it knows nothing of the night's repairs, and touches nothing before a person has looked",
  ['gate kill-switch allows'],
  async (stage) => {
    const { clock, instances, folder } = stage
    const file = join(folder, 'last-night.db')
    const old = await stage.own()
    await backupRecord(folder, file)
    await clock.advance(NIGHT_MS)
    instances.set(WEB_1, { running: false })
    await clock.advance(60_000)
    expect(instances.effects).toHaveLength(1)
    instances.set(WEB_1, { running: false })
    await old.end()

    await restoreRecord({ file, folder, by: 'ada', at: clock.moment(), replace: true })
    const { operator } = await stage.own()
    await clock.advance(600_000)
    expect(instances.effects).toHaveLength(1)
    expect((await operator.status()).pause).toMatchObject({ freeze: true, by: 'ada' })
    await operator.resume({ by: 'ada', reason: 'looked at the targets' })
    await clock.advance(15_000)
    expect(instances.effects).toHaveLength(2)
  },
  () => ({ change: { pollMs: 2000 }, senses: { probeMs: 2000 } }),
)
