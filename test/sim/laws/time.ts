import { elapsedMs } from '../../../src/lib/clock.ts'
import type { Seen } from '../history.ts'
import type { Sim } from '../state.ts'

/**
 * Whether an entry was younger than a time when another was written, in truth. One thing may shorten it: a clock that was
 * set, which a person saw and let stand, and then a reboot, after which only the wall clock is left.
 */
export function isWithin(entry: Seen | undefined, laterSeq: number, withinMs: number, { history }: Sim): boolean {
  const later = history.entries[laterSeq - 1]
  if (!entry || !later || later.at - entry.at >= withinMs) return false
  const isAnotherBoot = later.moment.bootId !== entry.moment.bootId
  if (!isAnotherBoot || elapsedMs(entry.moment, later.moment) < withinMs) return true
  return !history.entries.some(({ kind, seq }) => kind === 'resumed' && seq > entry.seq && seq < laterSeq)
}
