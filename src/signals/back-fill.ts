import type { Clock } from '../lib/clock.ts'
import { messageOf } from '../domain/errors.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Observation } from '../domain/signal.ts'
import { readRange, type RangeConfig } from './promql-range.ts'
import type { Source } from './sources.ts'

export type BackFillTools = {
  readonly clock: Clock
  readonly abort: AbortSignal
  /** Whether a target that labels name is there: what labels say must not make up targets. */
  readonly isKnown: (target: ResourceRef) => boolean
  readonly onObservation: (observation: Observation) => void
  /** Told of what could not be read back. */
  readonly onMissed: (what: string, why: string) => void
}

/** Looking back must not keep from looking: what is not there by then is left out. */
const PATIENCE_MS = 30_000

/**
 * A source of a Prometheus that first reads back what its queries would have seen in the last `backMs`, so that conditions
 * that look back need not wait as long again after a start. Live values come after, since times never go back.
 */
export function filledFirst(
  source: Source,
  config: Omit<RangeConfig, 'fromMs' | 'toMs'>,
  backMs: number,
  tools: BackFillTools,
): Source {
  let filled: Promise<void> | undefined
  return {
    ...source,
    round: () =>
      source.round().map(({ key, look }) => ({
        key,
        look: async (_, abort) => {
          filled ??= fill(config, backMs, tools)
          await filled
          return look(tools.clock.now(), abort)
        },
      })),
  }
}

async function fill(
  config: Omit<RangeConfig, 'fromMs' | 'toMs'>,
  backMs: number,
  { clock, abort, isKnown, onObservation, onMissed }: BackFillTools,
): Promise<void> {
  // Whole steps, so that what lies between can answer from its cache.
  const now = Math.floor(clock.now() / config.stepMs) * config.stepMs
  const enough = new AbortController()
  const done = new AbortController()
  void clock.sleep(PATIENCE_MS, done.signal).then(() => enough.abort())
  const range = { ...config, fromMs: now - backMs, toMs: now - config.stepMs }
  const tools = { clock, abort: AbortSignal.any([abort, enough.signal]), ...NOTHING }
  try {
    for await (const intake of readRange(range, tools)) {
      if (intake.kind === 'missed' && intake.what !== 'ALERTS') onMissed(intake.what, intake.why)
      if (intake.kind !== 'observed') continue
      const { observation } = intake
      const samples = observation.samples.filter(({ target }) => isKnown(target))
      if (samples.length > 0) onObservation({ ...observation, samples })
    }
  } catch (thrown) {
    onMissed('', messageOf(thrown))
  } finally {
    done.abort()
  }
}

/** Alerts and targets are not read back: the record and the connectors have them. */
const NOTHING = { onTarget: () => {}, targetOf: () => undefined, news: () => undefined }
