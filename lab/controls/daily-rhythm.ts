import { setTimeout as sleep } from 'node:timers/promises'
import { setRate, USERS_PER_SECOND } from '../load/rate.ts'
import type { Shop } from '../shop/shop.ts'
import type { ControlMaker } from './control.ts'

/** A day takes this long. */
export const DAY_MS = 40_000
const DAYS = 1.5
const STEP_MS = 250
/** At noon so much more, at night so much less than usual. */
const SWING = 0.4

/** Users come as they do over a day and a half: fewer by night, more by day, never more than the shop carries. */
export const dailyRhythm: ControlMaker = () => ({
  name: 'daily-rhythm',
  watchMs: 5000,
  perform: (shop) => playDays(shop, DAYS),
})

/** So many days go by, from a morning on. */
export async function playDays({ dir }: Pick<Shop, 'dir'>, days: number): Promise<void> {
  for (let atMs = 0; atMs < days * DAY_MS; atMs += STEP_MS) {
    setRate(dir, Math.round(USERS_PER_SECOND * (1 + SWING * Math.sin((2 * Math.PI * atMs) / DAY_MS))))
    await sleep(STEP_MS)
  }
  setRate(dir)
}
