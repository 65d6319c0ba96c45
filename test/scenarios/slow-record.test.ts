import { expect } from 'vitest'
import type { Commit } from '../../src/domain/ports.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { WEB_1 } from '../gate-world.ts'
import { scenario } from './stage.ts'

const SLOW_MS = 60_000
let isSlow = true

/** As on a disk that hardly answers: what announces an effect is durable a minute later. */
function slowly(ports: EnginePorts): EnginePorts {
  const announces = ({ entries }: Commit): boolean =>
    entries.some(({ body }) => body.kind === 'step-started' && body.effect)
  return {
    ...ports,
    record: {
      ...ports.record,
      commit: async (asked) => {
        if (isSlow && announces(asked)) await ports.clock.sleep(SLOW_MS)
        return ports.record.commit(asked)
      },
    },
  }
}

scenario(
  'a record that is slow: no effect begins by a verdict of a minute ago, and all goes on by itself when it is quick again',
  ['asking: repeat is not asked'],
  async (stage) => {
    isSlow = true
    const { clock, instances } = stage
    const { operator } = await stage.own(slowly)
    try {
      instances.set(WEB_1, { running: false })
      await clock.advance(SLOW_MS / 2)
      await operator.hold({ by: 'ada', reason: 'I look at it', target: WEB_1, forMs: 10 * SLOW_MS })
      await clock.advance(3 * SLOW_MS)
      expect(instances.effects).toEqual([])
      // Its announcement is on record: a person is told, rather than that it counts as never begun.
      expect(await stage.told('run-ended')).toMatchObject([{ outcome: 'parked' }])

      await operator.release({ by: 'ada', reason: 'done', subject: WEB_1 })
      await clock.advance(3 * SLOW_MS)
      expect(instances.effects).toEqual([])
    } finally {
      isSlow = false
      await clock.advance(2 * SLOW_MS)
    }
    expect(instances.effects).toHaveLength(1)
    expect(await stage.told('run-ended')).toMatchObject([{ outcome: 'parked' }, { outcome: 'healed' }])
  },
)
