import { expect, test } from 'vitest'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld } from '../../test/engine-world.ts'
import { POLICY, WEB, WEB_1 } from '../../test/gate-world.ts'
import type { EnginePorts } from './ports.ts'

test('in shadow it says again what it would have run once what stood in the way is gone, and spends it once', async () => {
  const record = await openTestRecord()
  let file: ReturnType<EnginePorts['killSwitch']> = 'absent'
  const { settings } = engineWorld(record).ports
  const inShadow = { ...settings, mode: 'shadow' as const, policies: [{ ...POLICY, cooldownMs: 0 }] }
  const world = engineWorld(record, { settings: inShadow, killSwitch: () => file })
  const running = await world.start()
  const said = async (): Promise<string[]> =>
    (await record.entries({ kinds: ['not-run', 'would-run'] })).map(({ kind }) => kind)
  try {
    await world.clock.advance(3000)
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(20_000)
    expect(await said()).toEqual(['would-run'])
    file = 'pause'
    await world.clock.advance(3000)
    file = 'absent'
    await world.clock.advance(20_000)
    expect(await said()).toEqual(['would-run', 'not-run', 'would-run'])
    expect((await record.ledger(WEB)).attempts).toHaveLength(1)
  } finally {
    await world.stop(running)
    await record.close()
  }
})
