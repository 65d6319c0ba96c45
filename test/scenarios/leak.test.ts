import { expect } from 'vitest'
import { POLICY, WEB, WEB_1 } from '../gate-world.ts'
import { ruledBy, scenario, type Stage } from './stage.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const PER_TARGET = [
  { attempts: 3, withinMs: 5 * MINUTE_MS, latches: false },
  { attempts: 4, withinMs: 6 * HOUR_MS, latches: true },
  { attempts: 6, withinMs: 24 * HOUR_MS, latches: true },
]

/** Ten minutes after every restart it answers no more. */
function leaks({ clock, instances }: Stage): void {
  let known = ''
  const look = (): void => {
    clock.after(MINUTE_MS, look)
    const { identity } = instances.look(WEB_1)
    if (identity === known) return
    known = identity
    clock.after(10 * MINUTE_MS, () => instances.set(WEB_1, { ready: false }))
  }
  look()
}

scenario(
  'a leak whose restart heals for ten minutes, for 24 hours: four restarts, then a person',
  ['gate attempts allows', 'write latch is skipped', 'record: attempts look as if they had been long ago'],
  async (stage) => {
    const { clock, instances } = stage
    leaks(stage)
    const ruled = ruledBy(
      stage,
      { cooldownMs: 0, verify: { ...POLICY.verify, healthyForMs: 60_000, withinMs: 180_000, blindForMs: 180_000 } },
      { perTarget: PER_TARGET },
    )
    const owner = await stage.own(ruled)
    await clock.advance(6 * HOUR_MS)
    expect(instances.effects).toHaveLength(4)
    await clock.advance(18 * HOUR_MS)
    expect(instances.effects).toHaveLength(4)
    expect(await stage.told('latched')).toMatchObject([
      { owner: WEB, reason: expect.stringContaining('masks a fault') },
    ])

    await owner.operator.release({ by: 'ada', reason: 'the leak is mended', subject: WEB })
    await clock.advance(2 * MINUTE_MS)
    expect(instances.effects).toHaveLength(5)
  },
  () => ({ change: { pollMs: 30_000 }, senses: { probeMs: 30_000 } }),
)
