import { bind } from '../../domain/condition/bind.ts'
import { newestAt } from '../../domain/condition/over-time.ts'
import { parseExpression } from '../../domain/condition/parse.ts'
import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { Series } from '../../domain/signal.ts'
import { descendants } from '../../domain/topology.ts'
import { unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'

/** Percent. */
const LIMIT = 90
const SAMPLES = 10

/** The metrics are percent from 0 to 100. */
const RESOURCES = [
  { metric: 'cpu_utilization', cause: 'cpu-pressure', word: 'CPU', recommendation: 'add capacity, or shed load' },
  {
    metric: 'memory_usage',
    cause: 'memory-pressure',
    word: 'memory',
    recommendation: 'restart what leaks, or add memory',
  },
  {
    metric: 'disk_usage',
    cause: 'disk-full',
    word: 'disk',
    recommendation: 'clean up by declared rules, or add space',
  },
] as const

type Reading = {
  readonly resource: (typeof RESOURCES)[number]
  readonly target: ResourceRef
  readonly mean: Evidence & { readonly value: number }
}

/**
 * Which resource what is unhealthy, or a part of it, is short of, by the means of the last ten samples. `unknown`, where
 * all three are seen and none is short; silent, where one that is not short was not seen.
 */
export const resource: DiagnosisEngine = {
  name: 'resource',
  suggest: (x) => unhealthyOf(x.incident).flatMap((target) => localise(target, x)),
}

function localise(target: ResourceRef, x: Case): Hypothesis[] {
  const readings = [target, ...descendants(x.topology, target)].flatMap((ref) => readingsOf(ref, x))
  const short = readings.filter(({ mean }) => mean.value > LIMIT)
  if (short.length > 0) return short.map(shortage)
  if (!RESOURCES.every((one) => readings.some((reading) => reading.resource === one))) return []
  const summary = `${target} is short of neither CPU nor memory nor disk`
  return [{ cause: 'unknown', target, confidence: 0.1, summary, for: [], against: readings.map(({ mean }) => mean) }]
}

function shortage({ resource: { cause, word, recommendation }, target, mean }: Reading): Hypothesis {
  const summary = `${target} is short of ${word}: ${mean.value} % in use`
  return { cause, target, confidence: 0.7, summary, for: [mean], against: [], recommendation, affected: [target] }
}

function readingsOf(target: ResourceRef, x: Case): Reading[] {
  return RESOURCES.flatMap((one) => {
    const mean = meanOf(one.metric, target, x)
    return mean ? [{ resource: one, target, mean }] : []
  })
}

/** The mean over the last ten samples, or as many as there are; undefined where nothing fresh is seen. */
function meanOf(metric: string, target: ResourceRef, { windows, now, aliases }: Case): Reading['mean'] | undefined {
  const bound = bind(parseExpression(metric), { windows, target, now, ...(aliases && { aliases }) })
  if (!Number.isFinite(bound.at(now))) return undefined
  const times = [...new Set(bound.series.flatMap((series) => lastTimes(series, now)))].sort((a, b) => a - b)
  const values = times.slice(-SAMPLES).map(bound.at).filter(Number.isFinite)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const signal = `${metric}, mean of the last ${values.length}`
  return { signal, value: Math.round(mean * 100) / 100, limit: LIMIT, at: times.at(-1) ?? now }
}

function lastTimes(series: Series, now: number): number[] {
  const count = newestAt(series, now) + 1
  const first = Math.max(0, count - SAMPLES)
  return Array.from({ length: count - first }, (_, i) => series.timeAt(first + i))
}
