import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineWorld } from '../../test/engine-world.ts'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { WEB_1 } from '../../test/gate-world.ts'
import type { RecordPort } from '../domain/ports.ts'
import { makeMetrics } from './metrics.ts'

let record: RecordPort
beforeEach(async () => void (record = await openTestRecord()))
afterEach(() => record.close())

test('a repair is counted under its remedy and outcome, with how long it took', async () => {
  const metrics = makeMetrics('1')
  const world = engineWorld(metrics.counting(record))
  const running = await world.start()
  expect(await metrics.text(running.engine)).toContain('mttr_seconds Nan')
  world.instances.set(WEB_1, { running: false })
  await world.clock.advance(75_000)
  const text = await metrics.text(running.engine)
  expect(text).toContain('recovery_attempts_total{strategy="restart-instance",status="healed"} 1')
  expect(text).toContain('recovery_duration_seconds_count{strategy="restart-instance"} 1')
  expect(Number(/^mttr_seconds (.*)$/m.exec(text)?.[1])).toBeGreaterThan(0)
  await world.stop(running)
})
