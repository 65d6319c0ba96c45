import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../faults/fault.ts'
import type { Shop } from '../shop/shop.ts'

export type Watched = {
  /** Since when the fault's own probe has found nothing (epoch ms); undefined while it is present. */
  readonly absentSince: number | undefined
  /** The end came by the time limit. */
  readonly timedOut: boolean
}

const PROBE_EVERY_MS = 25
const ASK_EVERY_MS = 500

/** Looks at the fault with its own probe, again and again, until `isOver` says so or `untilMs` (epoch) is past. */
export async function watch(
  x: { readonly fault: Fault; readonly shop: Shop; readonly untilMs: number },
  isOver: (absentSince: number | undefined) => Promise<boolean>,
): Promise<Watched> {
  let absentSince: number | undefined
  let askAt = 0
  for (; Date.now() < x.untilMs; await sleep(PROBE_EVERY_MS)) {
    absentSince = (await x.fault.present(x.shop)) ? undefined : (absentSince ?? Date.now())
    if (Date.now() < askAt) continue
    if (await isOver(absentSince)) return { absentSince, timedOut: false }
    askAt = Date.now() + ASK_EVERY_MS
  }
  return { absentSince, timedOut: true }
}
