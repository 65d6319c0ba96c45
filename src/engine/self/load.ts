import type { Ailment } from '../../domain/self.ts'
import { durationText } from '../../lib/duration.ts'

/** What Kintsugi takes of its machine: resident memory, what waits to be written down, how late its event loop is. */
export type Load = { readonly memoryBytes: number; readonly queue: number; readonly loopLagMs: number }
export type LoadLimits = Load

type Quantity = keyof Load
/** How often in a row it was beyond the limit, or well below it again; and what it is called while it lasts. */
type Held = { readonly beyond: number; readonly below: number; readonly ailment?: Ailment }
export type LoadState = Readonly<Record<Quantity, Held>>

const CALM: Held = { beyond: 0, below: 0 }
export const NO_LOAD: LoadState = { memoryBytes: CALM, queue: CALM, loopLagMs: CALM }

/** One look says little: a pause for garbage is no illness, and one good moment no cure. */
const LOOKS = 3
/** It ends only well below the limit, so that it does not come and go. */
const WELL_BELOW = 0.8

const WORDS: Readonly<Record<Quantity, { readonly name: string; text(value: number): string }>> = {
  memoryBytes: { name: 'memory', text: (bytes) => `${Math.round(bytes / 2 ** 20)} MiB` },
  queue: { name: 'what waits to be written down', text: (count) => `${count} commits and alerts` },
  loopLagMs: { name: 'the lag of the event loop', text: (ms) => durationText(Math.round(ms)) },
}

/** The state after one more look. */
export function nextLoad(before: LoadState, load: Load, limits: LoadLimits, now: number): LoadState {
  const next = (quantity: Quantity): Held => nextHeld(before[quantity], quantity, load[quantity], limits[quantity], now)
  return { memoryBytes: next('memoryBytes'), queue: next('queue'), loopLagMs: next('loopLagMs') }
}

export function loadAilments(state: LoadState): readonly Ailment[] {
  return Object.values(state).flatMap(({ ailment }) => (ailment ? [ailment] : []))
}

function nextHeld(before: Held, quantity: Quantity, value: number, limit: number, now: number): Held {
  const beyond = value > limit ? before.beyond + 1 : 0
  const below = value <= WELL_BELOW * limit ? before.below + 1 : 0
  const counts = { beyond, below }
  if (before.ailment) return below >= LOOKS ? counts : { ...counts, ailment: before.ailment }
  if (beyond < LOOKS) return counts
  const { name, text } = WORDS[quantity]
  const what = `${name} is at ${text(value)}, beyond its limit of ${text(limit)}`
  const unlocks = `when ${name} is below ${text(WELL_BELOW * limit)} again`
  return { ...counts, ailment: { what, since: now, unlocks } }
}
