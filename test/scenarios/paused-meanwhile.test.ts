import { expect } from 'vitest'
import { WEB_1 } from '../gate-world.ts'
import { scenario } from './stage.ts'

scenario(
  'a pause between a hold and its release: what the hold kept waiting does not begin with its end',
  ['gate kill-switch allows', 'gate target-hold allows'],
  async (stage) => {
    const { clock, instances } = stage
    const { operator } = await stage.own()
    await operator.hold({ by: 'ada', reason: 'a look at the disk', target: WEB_1, forMs: 60_000 })
    instances.set(WEB_1, { running: false })
    await clock.advance(30_000)
    expect(instances.effects).toEqual([])
    await operator.pause({ by: 'bob', reason: 'the sale begins', freeze: false })
    await clock.advance(20_000)
    await operator.release({ by: 'ada', reason: 'done', subject: WEB_1 })
    await clock.advance(60_000)
    expect(instances.effects).toEqual([])
    expect(await stage.told('run-started')).toEqual([])

    await operator.resume({ by: 'bob', reason: 'the sale is over' })
    await clock.advance(15_000)
    expect(await stage.told('run-ended')).toMatchObject([{ outcome: 'healed' }])
    expect(instances.effects).toHaveLength(1)
  },
)
