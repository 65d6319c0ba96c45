import { expect } from 'vitest'
import { POLICY, WEB_1 } from '../gate-world.ts'
import { ruledBy, scenario } from './stage.ts'

const MINUTE_MS = 60_000

scenario(
  'sources killed after an effect and back in 30 minutes: nothing is judged or done meanwhile',
  ['windows: what is stale looks fresh'],
  async (stage) => {
    const { clock, instances } = stage
    const verify = { ...POLICY.verify, healthyForMs: 10_000, blindForMs: 60 * MINUTE_MS }
    await stage.own(ruledBy(stage, { verify }))
    instances.set(WEB_1, { running: false })
    while (instances.effects.length === 0) await clock.advance(250)
    stage.silence(true)
    await clock.advance(29 * MINUTE_MS)
    expect(await stage.told('run-ended')).toEqual([])
    expect(await stage.told('undo-started')).toEqual([])
    expect(instances.effects).toHaveLength(1)
    expect(await stage.told('paged')).toMatchObject([{ reason: expect.stringContaining('applied, unverified') }])

    stage.silence(false)
    await clock.advance(MINUTE_MS)
    expect(await stage.told('run-ended')).toMatchObject([{ outcome: 'healed' }])
    expect(instances.effects).toHaveLength(1)
  },
)
