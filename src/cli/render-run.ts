import type { Entry } from '../domain/entry.ts'
import type { RunEvent } from '../domain/run.ts'
import { durationText } from '../lib/duration.ts'
import { evidenceText } from './render-parts.ts'
import { table } from './text.ts'
import { timeText } from './units.ts'

/** The log of one run as a table: when, how long after its beginning, what. Entries are of that run, oldest first. */
export function runTable(entries: readonly Entry[]): string {
  const begin = entries[0]?.at.wallMs ?? 0
  const rows = entries.map(({ at, kind, body }) => [
    timeText(at.wallMs),
    `+${durationText(Math.max(0, at.wallMs - begin))}`,
    kind,
    body === undefined ? '(pruned)' : eventText(body as RunEvent),
  ])
  return table(['TIME', 'AFTER', 'EVENT', 'WHAT'], rows)
}

/** One event of a run in words. */
export function eventText(event: RunEvent): string {
  switch (event.kind) {
    case 'run-started':
      return `${event.plan.remedy} on ${event.plan.target}`
    case 'step-started':
      return `${event.step}${event.effect ? ' (changes the target)' : ''}`
    case 'step-succeeded':
    case 'undo-started':
    case 'undo-finished':
      return event.step
    case 'step-failed':
    case 'undo-failed':
      return `${event.step}: ${event.failure.message}${event.failure.untouched === true ? ' (nothing was changed)' : ''}`
    case 'assessed':
      return assessedText(event)
    case 'refused':
      return `${event.step}: ${event.verdict.answers
        .filter(({ answer }) => answer !== 'allow')
        .map(({ gate, reason }) => `${gate}: ${reason}`)
        .join('; ')}`
    case 'run-ended':
      return [`${event.outcome}: ${event.reason}`, ...event.leftOpen.map((left) => `left open: ${left}`)].join('; ')
  }
}

function assessedText({ assessment }: Extract<RunEvent, { kind: 'assessed' }>): string {
  const verdict = `${assessment.result}${assessment.enough ? ', enough' : ''}`
  const { own, guards } = assessment.measure
  const states = [...own, ...guards].map((signal) => `${signal.state}: ${evidenceText(signal)} on ${signal.target}`)
  return [verdict, ...assessment.reasons, ...states].join('; ')
}
