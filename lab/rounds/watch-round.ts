import { setTimeout as sleep } from 'node:timers/promises'
import { DAY_MS, playDays } from '../controls/daily-rhythm.ts'
import type { Fault } from '../faults/fault.ts'
import { foundIn } from '../unusual.ts'
import type { FoundAfter, WatchedDays, WatchedFault } from '../watch-report.ts'
import { effectsOn, type Stage } from './stage.ts'

/** Breaks the shop for so long, then takes it back: what did detectors find, and what before? */
export async function watchFault(
  { shop, load, kintsugi }: Stage,
  fault: Fault,
  lastsMs: number,
): Promise<WatchedFault> {
  const injectedAt = Date.now()
  await fault.inject(shop)
  await sleep(injectedAt + lastsMs - Date.now())
  const all = foundAfter(await kintsugi.entries(), injectedAt)
  const effects = (await effectsOn(shop)).length
  await fault.undo(shop)
  const felt = load.requests().find(({ sentAt, ok }) => sentAt >= injectedAt && !ok)
  return {
    fault: fault.name,
    target: fault.truth.target,
    feltAfterMs: felt ? Math.round(felt.sentAt + felt.ms - injectedAt) : null,
    found: all.filter(({ afterMs }) => afterMs >= 0),
    before: all.filter(({ afterMs }) => afterMs < 0),
    effects,
  }
}

/** Days that are warmed up on, then those that count: the rhythm is the same, so nothing about it is news. */
export async function watchDays({ shop, kintsugi }: Stage, days: number, warmUpMs: number): Promise<WatchedDays> {
  await playDays(shop, Math.ceil(warmUpMs / DAY_MS))
  const beganAt = Date.now()
  await playDays(shop, days)
  const falseAlarms = foundAfter(await kintsugi.entries(), beganAt)
  return { days, dayMs: DAY_MS, falseAlarms, effects: (await effectsOn(shop)).length }
}

function foundAfter(entries: Parameters<typeof foundIn>[0], sinceMs: number): FoundAfter[] {
  return foundIn(entries).map(({ at, ...found }) => ({ ...found, afterMs: Math.round(at - sinceMs) }))
}
