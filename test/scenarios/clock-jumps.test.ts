import { expect } from 'vitest'
import { WEB_1 } from '../gate-world.ts'
import { ruledBy, scenario } from './stage.ts'

const TWO_HOURS_MS = 2 * 3_600_000
const WITHIN_MS = 600_000

scenario(
  'the clock two hours forward and back: frozen both times, and no limit is shorter for it',
  ['gate kill-switch allows', 'gate attempts allows', 'clock: the wall clock is taken for the boot clock'],
  async (stage) => {
    const { clock, instances } = stage
    const twice = { perTarget: [{ attempts: 2, withinMs: WITHIN_MS, latches: false }] }
    const { operator } = await stage.own(ruledBy(stage, { cooldownMs: 0 }, twice))
    const breaks = async (effects: number): Promise<void> => {
      instances.set(WEB_1, { running: false })
      await clock.advance(20_000)
      expect(instances.effects).toHaveLength(effects)
    }
    const jumps = async (byMs: number): Promise<void> => {
      const { length } = instances.effects
      clock.jumpWall(byMs)
      await breaks(length)
      expect((await operator.status()).pause).toMatchObject({ freeze: true, by: 'kintsugi' })
      await operator.resume({ by: 'ada', reason: 'the time server was wrong' })
      await clock.advance(20_000)
    }
    await breaks(1)
    await jumps(TWO_HOURS_MS)
    expect(instances.effects).toHaveLength(2)
    // Whatever the clock says, ten minutes have not passed since the first restart.
    await jumps(-TWO_HOURS_MS)
    expect(instances.effects).toHaveLength(2)
    await clock.advance(WITHIN_MS)
    expect(instances.effects).toHaveLength(3)
  },
)
