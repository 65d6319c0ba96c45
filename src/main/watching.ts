import type { DetectionConfig } from '../config/config.ts'
import { observing } from '../detect/watch/observe.ts'
import { createWatch, type WatchStatus } from '../detect/watch/watch.ts'
import type { Unusual } from '../domain/series.ts'
import type { Observation } from '../domain/signal.ts'
import type { Clock } from '../lib/clock.ts'

/** The detectors at work on what sources see. */
export type Watching = {
  observed(observation: Observation): void
  unusual(): readonly Unusual[]
  status(): WatchStatus
}

/** Learning may take so many milliseconds at a stretch, so often. */
const LEARN_MS = 10
const LEARN_EVERY_MS = 200

/** Watches until aborted. */
export function startWatching(
  { falseAlarmsPerDay }: DetectionConfig,
  { clock, abort }: { readonly clock: Clock; readonly abort: AbortSignal },
): Watching {
  const watch = createWatch({ perDay: falseAlarmsPerDay })
  void learn(() => watch.train(LEARN_MS, clock.now()), clock, abort)
  return { observed: observing(watch), unusual: () => watch.unusual(clock.now()), status: () => watch.status() }
}

async function learn(step: () => void, clock: Clock, abort: AbortSignal): Promise<void> {
  while (!abort.aborted) {
    step()
    await clock.sleep(LEARN_EVERY_MS, abort).catch(() => {})
  }
}
