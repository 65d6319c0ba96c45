import type { SeriesKind } from '../../domain/series.ts'

const COUNTER = /_(?:total|count|sum|bucket)$/
const RATIO = /(?:^|_)(?:ratio|percent|percentage|fraction|utili[sz]ation)$/
const TIME = /_(?:seconds|milliseconds|microseconds|nanoseconds|ms|us|ns)$/
/** A moment or an age is no latency. */
const MOMENT = /(?:^|_)(?:time|timestamp|uptime|age|expiry|expiration|last_\w+)_[a-z]+$/
const TIME_UNITS: ReadonlySet<string> = new Set(['s', 'ms', 'us', 'ns', 'seconds', 'milliseconds'])
const RATIO_UNITS: ReadonlySet<string> = new Set(['%', 'percent', 'ratio'])

/** What a series is by its name, and its unit where the sender told one: as Prometheus and OpenTelemetry name them. */
export function kindOf(metric: string, unit = ''): SeriesKind {
  if (COUNTER.test(metric)) return 'counter'
  if (RATIO_UNITS.has(unit) || RATIO.test(metric)) return 'ratio'
  return (TIME_UNITS.has(unit) || TIME.test(metric)) && !MOMENT.test(metric) ? 'latency' : 'gauge'
}
