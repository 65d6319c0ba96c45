import { setTimeout as sleep } from 'node:timers/promises'
import { signalInstance } from '../faults/victim.ts'
import { pick } from '../random.ts'
import { serviceRef } from '../shop/layout.ts'
import type { ControlMaker } from './control.ts'

/** Longer than three missed probes: without the hold, Kintsugi would act. */
const DOWN_MS = 8000
const HOLD_MS = 60_000

/** A person says that web will be restarted, takes one instance down, and brings it back by other means. */
export const plannedRestart: ControlMaker = (random) => ({
  name: 'planned-restart',
  watchMs: 20_000,
  perform: async (shop, hold) => {
    const instance = pick(random, ['web-1', 'web-2'])
    await hold(serviceRef('web'), HOLD_MS, 'planned restart of web')
    await signalInstance(shop, instance, 'SIGKILL')
    await sleep(DOWN_MS)
    await shop.instance(instance).restart('planned-restart')
  },
})
