import type { Intake } from '../../domain/intake.ts'
import type { Simulated } from '../simulated.ts'

/** A time of which nothing is known. Epoch milliseconds. */
export type Missing = { readonly from: number; readonly to: number; readonly what: string; readonly why: string }

/** What a replay had to look at. */
export type Seen = {
  readonly samples: number
  readonly series: number
  readonly targets: number
  /** Alerts as they fired, each occurrence once; how many of them named a target then, and why others did not. */
  readonly alerts: {
    readonly fired: number
    readonly mapped: number
    readonly unmapped: Readonly<Record<string, number>>
  }
  readonly missing: readonly Missing[]
  /** More was missing than is listed. */
  readonly moreMissing: number
}

export type Seeing = {
  note(one: Intake): void
  /** @param toMs epoch milliseconds at which nothing more is asked for */
  told(toMs: number): Seen
}

const MOST_MISSING = 200
const MOST_REASONS = 20
const LEAST_GAP_MS = 10_000
/** As for staleness: a source is missed when it has let three of its rounds go by. */
const ROUNDS = 3

/** Keeps count of what comes in, and of the times in which nothing does. */
export function seenOf({ windows, aim }: Pick<Simulated, 'windows' | 'aim'>): Seeing {
  const missing: Missing[] = []
  const sources = new Map<string, { lastAt: number; intervalMs: number }>()
  const fired = new Map<string, number>()
  const count = { samples: 0, fired: 0, mapped: 0, missed: 0 }
  const unmapped = new Map<string, number>()
  let targets = 0
  const miss = (one: Missing): void => {
    count.missed += 1
    if (missing.length < MOST_MISSING) missing.push(one)
  }
  const saw = (source: string, at: number, intervalMs: number): void => {
    const known = sources.get(source)
    if (known) {
      if (at - known.lastAt > gapMs(known.intervalMs)) {
        miss({ from: known.lastAt, to: at, what: source, why: 'nothing came' })
      }
      known.lastAt = at
      known.intervalMs = intervalMs
    } else sources.set(source, { lastAt: at, intervalMs })
  }
  return {
    note: (one) => {
      if (one.kind === 'observed') {
        const { source, intervalMs, samples } = one.observation
        count.samples += samples.length
        if (samples.length > 0) saw(source, one.at, intervalMs)
      } else if (one.kind === 'alerts') {
        for (const alert of one.alerts) {
          if (alert.status === 'resolved' || fired.get(alert.fingerprint) === alert.startsAt) continue
          fired.set(alert.fingerprint, alert.startsAt)
          count.fired += 1
          const aimed = aim(alert)
          if (aimed.kind === 'mapped') count.mapped += 1
          else unmapped.set(aimed.reason, (unmapped.get(aimed.reason) ?? 0) + 1)
        }
      } else if (one.kind === 'missed') miss({ from: one.from, to: one.to, what: one.what, why: one.why })
      else if (one.kind === 'targets') targets = Math.max(targets, one.nodes.length)
    },
    told: (toMs) => {
      for (const [what, { lastAt, intervalMs }] of sources) {
        if (toMs - lastAt > gapMs(intervalMs)) miss({ from: lastAt, to: toMs, what, why: 'nothing came' })
      }
      const { series, ended } = windows.counts()
      return {
        samples: count.samples,
        series: series + ended,
        targets,
        alerts: { fired: count.fired, mapped: count.mapped, unmapped: mostOf(unmapped) },
        missing,
        moreMissing: count.missed - missing.length,
      }
    },
  }
}

function gapMs(intervalMs: number): number {
  return Math.max(LEAST_GAP_MS, ROUNDS * intervalMs)
}

/** The most frequent reasons; the others together. */
function mostOf(reasons: ReadonlyMap<string, number>): Record<string, number> {
  const sorted = [...reasons].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  const others = sorted.slice(MOST_REASONS).reduce((sum, [, count]) => sum + count, 0)
  return { ...Object.fromEntries(sorted.slice(0, MOST_REASONS)), ...(others > 0 && { 'other reasons': others }) }
}
