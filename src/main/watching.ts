import type { Config, DetectionConfig } from '../config/config.ts'
import { observing } from '../detect/watch/observe.ts'
import { createWatch, type Watch } from '../detect/watch/watch.ts'
import type { Unusual } from '../domain/series.ts'
import type { Observation } from '../domain/signal.ts'
import type { Clock } from '../lib/clock.ts'
import { createWindows, type WindowStore } from '../signals/windows.ts'
import { capacityFor } from './sources.ts'

/** What is kept of all that is seen, and what detectors hold of it. */
export type Kept = {
  readonly windows: WindowStore
  /** Absent where no detector watches. */
  readonly unusual?: () => readonly Unusual[]
  add(observation: Observation): void
}

type Tools = { readonly clock: Clock; readonly abort: AbortSignal }

/** Learning may take so many milliseconds at a stretch, so often. */
const LEARN_MS = 10
const LEARN_EVERY_MS = 200

/** The windows, with the detectors at work on them until aborted. */
export function keepWatch(config: Config, tools: Tools): Kept {
  const windows = createWindows({ capacity: capacityFor(config) })
  if (!config.detection) return { windows, add: (observation) => windows.add(observation) }
  const watch = startWatch(config.detection, tools)
  const watched = observing(watch)
  return {
    windows,
    unusual: () => watch.unusual(tools.clock.now()),
    add: (observation) => {
      windows.add(observation)
      watched(observation)
    },
  }
}

function startWatch({ falseAlarmsPerDay }: DetectionConfig, { clock, abort }: Tools): Watch {
  const watch = createWatch({ perDay: falseAlarmsPerDay })
  void learn(() => watch.train(LEARN_MS, clock.now()), clock, abort)
  return watch
}

async function learn(step: () => void, clock: Clock, abort: AbortSignal): Promise<void> {
  while (!abort.aborted) {
    step()
    await clock.sleep(LEARN_EVERY_MS, abort).catch(() => {})
  }
}
