import type { SeriesKind } from '../../domain/series.ts'

/** What a series is by its name alone, as Prometheus' conventions have it; a gauge where the name says nothing. */
export function kindOf(metric: string): SeriesKind {
  if (/_(total|count|sum|bucket)$/.test(metric)) return 'counter'
  if (/(_ratio|_percent|_utilization|_usage|_rate)$/.test(metric)) return 'ratio'
  return /_(seconds|ms|milliseconds|duration|latency)$|^latency/.test(metric) ? 'latency' : 'gauge'
}
