import type { Entry } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import type { Ledger, RunRow } from '../domain/ledger.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { RunEvent } from '../domain/run.ts'
import { isRunEvent } from '../domain/run.ts'
import { durationText } from '../lib/duration.ts'
import { eventText } from './render-run.ts'
import { table } from './text.ts'
import { timeText } from './units.ts'

/** The tables of `get`: one function for each noun. */

export function incidentTable(incidents: readonly Incident[]): string {
  return table(
    ['INCIDENT', 'OWNER', 'STATUS', 'SEVERITY', 'OPENED', 'FOR', 'WAITING FOR'],
    incidents.map(({ id, owner, status, severity, openedAt, closedAt, endedBy, waitingFor }) => [
      id,
      owner,
      status,
      severity,
      timeText(openedAt),
      closedAt === undefined ? '-' : durationText(closedAt - openedAt),
      endedBy ? `ended by ${endedBy}` : (waitingFor[0] ?? '-'),
    ]),
  )
}

export function runRows(runs: readonly RunRow[]): string {
  return table(
    ['RUN', 'TARGET', 'OUTCOME', 'STARTED', 'TOOK', 'INCIDENT'],
    runs.map(({ run, target, outcome, startedAt, endedAt, incident }) => [
      run,
      target,
      outcome ?? 'under way',
      timeText(startedAt.wallMs),
      endedAt ? durationText(Math.max(0, endedAt.wallMs - startedAt.wallMs)) : '-',
      incident,
    ]),
  )
}

export function entryTable(entries: readonly Entry[]): string {
  return table(
    ['SEQ', 'TIME', 'KIND', 'INCIDENT', 'RUN', 'WHAT'],
    entries.map((entry) => [
      String(entry.seq),
      timeText(entry.at.wallMs),
      entry.kind,
      entry.incident ?? '-',
      entry.run ?? '-',
      summaryOf(entry),
    ]),
  )
}

export function policyTable(policies: readonly Policy[]): string {
  return table(
    ['POLICY', 'TARGET', 'CONDITION', 'LADDER', 'AUTONOMY'],
    policies.map(({ name, target, condition, ladder, autonomy }) => [
      name,
      target,
      condition,
      ladder.join(', '),
      autonomy,
    ]),
  )
}

/** What people have closed: maintenance, limits that latched. */
export function holdTable({ holds, latches }: Pick<Ledger, 'holds' | 'latches'>): string {
  const rows = [
    ...holds.map(({ target, since, forMs, by, reason }) => [
      target,
      'held',
      timeText(since.wallMs),
      `${durationText(forMs)} after`,
      by,
      reason,
    ]),
    ...latches.map(({ owner, since, reason }) => [
      owner,
      'latched',
      timeText(since.wallMs),
      'released by a person',
      'limits',
      reason,
    ]),
  ]
  return table(['TARGET', 'HOW', 'SINCE', 'UNTIL', 'BY', 'REASON'], rows)
}

/** A target that Kintsugi is concerned with now, and how. */
export type TargetRow = { readonly target: ResourceRef; readonly state: string; readonly because: string }

export function targetTable(rows: readonly TargetRow[]): string {
  return table(
    ['TARGET', 'STATE', 'BECAUSE'],
    rows.map(({ target, state, because }) => [target, state, because]),
  )
}

/** Targets with something to say about them: what is violated or unseen, held, latched, or being worked on. */
export function targetRows(incidents: readonly Incident[], ledger: Ledger, runs: readonly RunRow[]): TargetRow[] {
  const rows: TargetRow[] = [
    ...incidents.flatMap(({ findings }) =>
      findings.map(({ target, state, summary }) => ({ target, state, because: summary })),
    ),
    ...runs.map(({ target, run, outcome }) => ({ target, state: outcome ?? 'in repair', because: run })),
    ...ledger.holds.map(({ target, reason }) => ({ target, state: 'held', because: reason })),
    ...ledger.latches.map(({ owner, reason }) => ({ target: owner, state: 'latched', because: reason })),
  ]
  return rows.sort((a, b) => a.target.localeCompare(b.target))
}

/** One entry in a few words. */
export function summaryOf({ body }: Entry): string {
  if (body === undefined) return '(pruned)'
  if (isRunEvent(body)) return eventText(body satisfies RunEvent)
  switch (body.kind) {
    case 'owner-started':
      return `version ${body.version}, ${body.mode}`
    case 'config-loaded':
      return `${body.mode}, ${body.policies.length} policies, digest ${body.digest.slice(0, 12)}`
    case 'incident-opened':
    case 'incident-changed':
      return (
        body.findings.map(({ target, state, summary }) => `${target} ${state}: ${summary}`).join('; ') || 'all well'
      )
    case 'incident-closed':
      return `ended by ${body.endedBy}`
    case 'diagnosed':
      return body.diagnosis.hypotheses.map(({ cause, target }) => `${cause} on ${target}`)[0] ?? 'no cause found'
    case 'decided':
      return `${body.choice.kind}: ${body.choice.reason}`
    case 'not-run':
    case 'would-run':
      return `${body.plan.remedy} on ${body.plan.target}: ${body.verdict.answer}`
    case 'held':
      return `${body.target} for ${durationText(body.forMs)} by ${body.by}: ${body.reason}`
    case 'latched':
      return `${body.owner}: ${body.reason}`
    case 'released':
      return `${body.subject} by ${body.by}: ${body.reason}`
    case 'paged':
      return `${body.about}: ${body.reason}`
    case 'paused':
    case 'resumed':
      return `by ${body.by}: ${body.reason}`
    case 'segment-sealed':
      return `entries ${body.firstSeq} to ${body.lastSeq}`
  }
}
