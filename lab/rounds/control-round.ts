import { setTimeout as sleep } from 'node:timers/promises'
import type { Control } from '../controls/control.ts'
import type { ControlResult } from '../report.ts'
import { effectsOn, type Stage } from './stage.ts'
import { isRef } from '../../src/domain/resource.ts'

/** Plays a control and watches: every effect of Kintsugi's on it is one too many. */
export async function playControl({ shop, kintsugi }: Stage, control: Control): Promise<ControlResult> {
  await control.perform(shop, async (target, forMs, reason) => {
    if (!isRef(target)) throw new TypeError(`'${target}' is no target`)
    await kintsugi.api.hold({ target, forMs, reason, by: 'lab' })
  })
  await sleep(control.watchMs)
  const entries = await kintsugi.entries()
  const runs = entries.filter(({ kind }) => kind === 'run-started').length
  return { control: control.name, effects: (await effectsOn(shop)).length, runs }
}
