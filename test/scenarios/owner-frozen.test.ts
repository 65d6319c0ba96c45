import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Instances, RecordPort } from '../../src/domain/ports.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { verifyRecord } from '../../src/store/verify.ts'
import { WEB_1, WEB_2 } from '../gate-world.ts'
import { makeFreezer } from './frozen.ts'
import { scenario, type Mutant, type Stage } from './stage.ts'

const STOPPED_MS = 90_000

let newest: RecordPort | undefined

/** As a store that does not ask who writes: what the old one says goes where the new one writes. */
const UNFENCED: Mutant = {
  name: 'the record takes commits of whoever was its owner',
  ports: (ports) => {
    newest = ports.record
    return { ...ports, record: { ...ports.record, commit: (commit) => (newest ?? ports.record).commit(commit) } }
  },
}
/** It restarts whatever stands there, under a name that the target has not seen. */
const HEEDLESS: Mutant = {
  name: 'apply looks at nothing, and every try has a key of its own',
  ports: (ports) => ({
    ...ports,
    actions: ports.actions.map((action) => {
      const restart = async ({ params, tools, key, abort }: Parameters<typeof action.apply>[0]): Promise<void> => {
        const { target } = params as { target: typeof WEB_1 }
        const { instances } = tools as { instances: Instances }
        await instances.read(target, abort)
        const { identity } = await instances.read(target, new AbortController().signal)
        await instances.restart(
          target,
          { ifIdentity: identity, key: `${key} ${Math.random()}` },
          new AbortController().signal,
        )
      }
      return action.name === 'restart-instance' ? { ...action, apply: restart } : action
    }),
  }),
}

/** Stops the owner where the effect is asked for; whether it has landed by then is what the two stories differ in. */
async function overlap(stage: Stage, stopAt: (ports: EnginePorts, stop: () => void) => EnginePorts): Promise<void> {
  const { clock, instances, folder } = stage
  const freezer = makeFreezer()
  const old = await stage.own((ports) => freezer.around(stopAt(ports, freezer.freeze)))
  instances.set(WEB_1, { running: false })
  while ((await stage.told('step-started')).filter(({ effect }) => effect).length === 0) await clock.advance(50)
  await clock.advance(STOPPED_MS / 2)

  // The lock is lost, as with storage that was moved: while it is held, no other starts (`locks.test.ts`).
  rmSync(join(folder, 'owner.db'))
  const next = await stage.own()
  await clock.advance(STOPPED_MS / 2)
  expect(await stage.told('run-ended')).toMatchObject([{ outcome: 'healed' }])
  expect(instances.effects).toHaveLength(1)
  const { length } = await next.record.entries({})

  freezer.thaw()
  await clock.advance(60_000)
  expect(instances.effects).toHaveLength(1)
  expect(await next.record.entries({})).toHaveLength(length)
  expect(old.refused.length).toBeGreaterThan(0)
  expect(old.refused.every((why) => why.includes('only the newest owner writes'))).toBe(true)

  // What the old one may no longer do, and the new one must not.
  await next.operator.pause({ by: 'ada', reason: 'two of them', freeze: false })
  instances.set(WEB_2, { running: false })
  await clock.advance(60_000)
  expect(instances.effects).toHaveLength(1)
  expect(verifyRecord(folder).ok).toBe(true)
}

scenario(
  'the owner frozen inside apply, after the effect, while a successor starts: one effect, and it writes no more',
  [UNFENCED],
  (stage) =>
    overlap(stage, (ports, stop) => ({
      ...ports,
      tools: (target) => {
        const { instances } = ports.tools(target) as { instances: Instances }
        const restart: Instances['restart'] = async (...asked) => {
          await instances.restart(...asked)
          stop()
        }
        return { instances: { ...instances, restart } }
      },
    })),
)

scenario(
  'the owner frozen inside apply, between look and effect, while a successor starts: one effect, and it writes no more',
  [UNFENCED, HEEDLESS],
  (stage) =>
    overlap(stage, (ports, stop) => {
      let looks = 0
      return {
        ...ports,
        tools: (target) => {
          const { instances } = ports.tools(target) as { instances: Instances }
          // The first look is the capture, the second that of the apply.
          const read: Instances['read'] = async (...asked) => {
            const seen = await instances.read(...asked)
            looks += 1
            if (looks === 2) stop()
            return seen
          }
          return { instances: { ...instances, read } }
        },
      }
    }),
)
