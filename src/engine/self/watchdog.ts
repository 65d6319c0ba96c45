import { isFiring, type Alert } from '../../domain/alert.ts'
import type { Ailment } from '../../domain/self.ts'
import { elapsedMs, type Clock } from '../../lib/clock.ts'
import { durationText } from '../../lib/duration.ts'

export type WatchdogConfig = { readonly alert: string; readonly staleAfterMs: number }

/** The alert that always fires: as long as it comes, those that matter would come too. */
export type Watchdog = {
  /** Takes the watchdog's own alerts out of a delivery: they open no incident, and answer for the others. */
  take(alerts: readonly Alert[]): readonly Alert[]
  ailment(): Ailment | undefined
}

/**
 * Counts from now on, on the boot clock. `wasMissing`: it was missing when the last owner went, and is until it comes: a
 * restart proves nothing.
 */
export function watchdogOf(
  { alert, staleAfterMs }: WatchdogConfig,
  clock: Pick<Clock, 'moment' | 'now'>,
  wasMissing: (what: string) => boolean,
): Watchdog {
  const what = `no alert '${alert}' within ${durationText(staleAfterMs)}: whoever sends alerts may be down, and nobody would know`
  let lastAt = clock.moment()
  let isMissing = wasMissing(what)
  return {
    take: (alerts) => {
      const own = alerts.filter(({ labels }) => labels['alertname'] === alert)
      if (own.length === 0) return alerts
      if (own.some((one) => isFiring(one, clock.now()))) {
        lastAt = clock.moment()
        isMissing = false
      }
      return alerts.filter((one) => !own.includes(one))
    },
    ailment: () => {
      const silentMs = elapsedMs(lastAt, clock.moment())
      if (!isMissing && silentMs <= staleAfterMs) return undefined
      const since = lastAt.wallMs + (isMissing ? 0 : staleAfterMs)
      return { what, since, unlocks: `when '${alert}' fires here again: see its route to Kintsugi in Alertmanager` }
    },
  }
}
