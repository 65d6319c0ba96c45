import type { TargetState } from '../../src/domain/view.ts'
import type { Severity } from '../../src/domain/finding.ts'
import type { IncidentStatus } from '../../src/domain/incident.ts'
import type { Outcome } from '../../src/domain/run.ts'
import { useWords } from '../words/words.ts'

/** `gold` is being mended or needs you, `red` is harm, `blue` cannot be seen, `quiet` is all else. */
export type Tone = 'gold' | 'red' | 'green' | 'blue' | 'quiet'

/** A word with a mark before it: the colour is never the only sign. */
export function Badge({
  tone,
  mark,
  children,
}: {
  readonly tone: Tone
  readonly mark?: string
  readonly children: string
}) {
  return (
    <span className={`badge badge-${tone}`}>
      {mark !== undefined && <span aria-hidden="true">{mark}</span>}
      <span>{children}</span>
    </span>
  )
}

/** The sign of each state of a target, on lists and on the topology. */
export const TARGET_MARKS: Readonly<Record<TargetState, { readonly tone: Tone; readonly mark: string }>> = {
  well: { tone: 'green', mark: '●' },
  unwell: { tone: 'red', mark: '▲' },
  blind: { tone: 'blue', mark: '?' },
  'in-repair': { tone: 'gold', mark: '◆' },
  held: { tone: 'quiet', mark: '‖' },
  unwatched: { tone: 'quiet', mark: '○' },
}

const SEVERITIES: Readonly<Record<Severity, { readonly tone: Tone; readonly mark: string }>> = {
  critical: { tone: 'red', mark: '▲' },
  high: { tone: 'red', mark: '△' },
  warning: { tone: 'quiet', mark: '!' },
  info: { tone: 'quiet', mark: 'i' },
}

const STATUSES: Readonly<Record<IncidentStatus, { readonly tone: Tone; readonly mark: string }>> = {
  open: { tone: 'red', mark: '▲' },
  diagnosing: { tone: 'gold', mark: '◇' },
  healing: { tone: 'gold', mark: '◆' },
  verifying: { tone: 'gold', mark: '◈' },
  resolved: { tone: 'green', mark: '●' },
  escalated: { tone: 'red', mark: '!' },
}

/** The sign of each outcome of a run. */
export const OUTCOMES: Readonly<Record<Outcome, { readonly tone: Tone; readonly mark: string }>> = {
  healed: { tone: 'green', mark: '●' },
  helped: { tone: 'gold', mark: '◐' },
  'rolled-back': { tone: 'quiet', mark: '↶' },
  spent: { tone: 'quiet', mark: '○' },
  parked: { tone: 'gold', mark: '‖' },
  stuck: { tone: 'red', mark: '✕' },
  abandoned: { tone: 'quiet', mark: '–' },
}

export function TargetBadge({ state }: { readonly state: TargetState }) {
  return <Badge {...TARGET_MARKS[state]}>{useWords().targetState[state]}</Badge>
}

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return <Badge {...SEVERITIES[severity]}>{useWords().severity[severity]}</Badge>
}

export function IncidentBadge({ status }: { readonly status: IncidentStatus }) {
  return <Badge {...STATUSES[status]}>{useWords().incidentStatus[status]}</Badge>
}

export function OutcomeBadge({ outcome }: { readonly outcome: Outcome }) {
  return <Badge {...OUTCOMES[outcome]}>{useWords().outcome[outcome]}</Badge>
}
