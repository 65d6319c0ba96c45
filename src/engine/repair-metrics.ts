import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { NewEntry } from '../domain/entry.ts'
import type { RecordReader } from '../domain/ports.ts'
import { COUNTED, statisticsOf } from '../learn/statistics.ts'
import type { Moment } from '../lib/clock.ts'
import { allEntries } from './all-entries.ts'

/** The seeds' own metrics, without the prefix, so that dashboards of theirs find them as they are. */
export type RepairMetrics = {
  /** Counts a run that has ended. */
  count(record: RecordReader, entry: NewEntry, at: Moment): Promise<void>
  /** Brings `mttr_seconds` up to date; `now` is epoch milliseconds. */
  look(record: RecordReader, now: number): Promise<void>
}

const MTTR_OVER_MS = 30 * 86_400_000
/** Reading thirty days is not for every scrape. */
const MTTR_EVERY_MS = 60_000

export function makeRepairMetrics(registers: Registry[]): RepairMetrics {
  const attempts = new Counter({
    name: 'recovery_attempts_total',
    help: 'Runs that ended, by remedy and outcome.',
    labelNames: ['strategy', 'status'],
    registers,
  })
  const durations = new Histogram({
    name: 'recovery_duration_seconds',
    help: 'From the start of a run to its end, by remedy.',
    labelNames: ['strategy'],
    buckets: [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800],
    registers,
  })
  const mttr = new Gauge({
    name: 'mttr_seconds',
    help: 'Mean time to repair over the last thirty days; NaN until something was repaired.',
    registers,
  })
  let lookedAtMs = -Infinity
  return {
    async count(record, { body, run }, at) {
      if (body.kind !== 'run-ended' || run === undefined) return
      // The record knows what the run was, also when its owner died in between; where it cannot say, nothing is counted.
      const [started] = await record.entries({ run, kinds: ['run-started'], limit: 1 }).catch(() => [])
      if (started?.body?.kind !== 'run-started') return
      const strategy = started.body.plan.remedy
      attempts.inc({ strategy, status: body.outcome })
      durations.observe({ strategy }, Math.max(0, at.wallMs - started.at.wallMs) / 1000)
    },
    async look(record, now) {
      if (now < lookedAtMs + MTTR_EVERY_MS) return
      lookedAtMs = now
      const entries = await allEntries(record, { kinds: COUNTED }).catch(() => [])
      const { repair } = statisticsOf(entries.filter(({ at }) => at.wallMs >= now - MTTR_OVER_MS))
      mttr.set(repair ? repair.mean / 1000 : Number.NaN)
    },
  }
}
