import type { Severity } from '../domain/finding.ts'
import type { Labels } from '../domain/signal.ts'

const WORDS: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['critical', 'crit', 'fatal', 'emergency', 'disaster', 'page', 'p1'],
  high: ['high', 'error', 'err', 'major', 'p2'],
  warning: ['warning', 'warn', 'medium', 'minor', 'p3'],
  info: ['info', 'information', 'informational', 'notice', 'low', 'none', 'debug', 'p4', 'p5'],
}

const BY_WORD = new Map(
  Object.entries(WORDS).flatMap(([severity, words]) => words.map((word) => [word, severity as Severity] as const)),
)

/** The severity that an alert's label names; `warning` where it names none that is known. The label stays as it is. */
export function severityOf(labels: Labels): Severity {
  return BY_WORD.get(labels['severity']?.toLowerCase() ?? '') ?? 'warning'
}
