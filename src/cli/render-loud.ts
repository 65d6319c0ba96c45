import type { LoudSeries } from '../domain/view.ts'
import { shown } from '../detect/streams/shown.ts'
import { printable, table } from './text.ts'
import { timeText } from './units.ts'

/** Series that look odd, as they are told; texts from outside are printable only. */
export function loudTable(series: readonly LoudSeries[]): string {
  const rows = series.map(({ metric, labels, target = '-', source, since, evidence, value, text }) => [
    printable(nameText(metric, labels)),
    target,
    timeText(since),
    evidence.toFixed(1),
    shown(value ?? Number.NaN),
    printable(text),
    printable(source),
  ])
  return table(['SERIES', 'TARGET', 'SINCE', 'EVIDENCE', 'NOW', 'WHAT IT IS LIKE', 'FROM'], rows)
}

function nameText(metric: string, labels: LoudSeries['labels']): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  return parts.length === 0 ? metric : `${metric}{${parts.join(', ')}}`
}
