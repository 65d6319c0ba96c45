import { setTimeout as sleep } from 'node:timers/promises'
import { setRate, USERS_PER_SECOND } from '../load/rate.ts'
import type { ControlMaker } from './control.ts'

const TIMES = 1.5
const LASTS_MS = 20_000

/** Half as many users again come for a while: the shop carries them, and nothing is to be done. */
export const harmlessSpike: ControlMaker = () => ({
  name: 'harmless-spike',
  watchMs: 10_000,
  perform: async (shop) => {
    setRate(shop.dir, TIMES * USERS_PER_SECOND)
    await sleep(LASTS_MS)
    setRate(shop.dir)
  },
})
