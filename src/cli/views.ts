import { SHIPPED_ALIASES } from '../config/aliases.ts'
import type { Config } from '../config/config.ts'
import { resolved, type Aliases } from '../domain/condition/aliases.ts'
import { parseExpression } from '../domain/condition/parse.ts'
import { conditionText } from '../domain/condition/text.ts'
import type { Entry } from '../domain/entry.ts'
import type { MaintenanceWindow } from '../domain/maintenance-window.ts'
import { nextOpening, openWindows, type FreezeWindow, type OpenWindow, type Span } from '../domain/freeze-window.ts'
import type { Incident } from '../domain/incident.ts'
import type { Disturbance, Ledger, RunRow } from '../domain/ledger.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { BlastView, PolicyView, ProposalView, TargetView } from '../domain/view.ts'
import { durationText } from '../lib/duration.ts'
import { summaryOf } from './render-entry.ts'
import { riskText } from './render-parts.ts'
import { listOf, table } from './text.ts'
import { timeText } from './units.ts'

/** The tables of `get`: one function for each noun. */

export function incidentTable(incidents: readonly Incident[]): string {
  return table(
    ['INCIDENT', 'OWNER', 'STATUS', 'SEVERITY', 'OPENED', 'TOOK', 'ENDED BY OR WAITING FOR'],
    incidents.map(({ id, owner, status, severity, openedAt, closedAt, endedBy, waitingFor }) => [
      id,
      owner,
      status,
      severity,
      timeText(openedAt),
      closedAt === undefined ? '-' : durationText(closedAt - openedAt),
      endedBy ?? waitingFor[0] ?? '-',
    ]),
  )
}

/** Both, where two people said yes. */
function byText(by: string | undefined, first: string | undefined): string {
  return by === undefined ? '' : ` by ${first === undefined ? '' : `${first} and `}${by}`
}

export function proposalTable(proposals: readonly ProposalView[]): string {
  return table(
    ['PROPOSAL', 'STATE', 'WHAT', 'RISK', 'PROPOSED', 'ANSWER BY', 'INCIDENT'],
    proposals.map(({ proposal: { id, plan, incident, proposedAt, expiresAt }, ended, endorsed }) => [
      id,
      ended ? `${ended.as}${byText(ended.by, endorsed?.by)}` : endorsed ? `open, ${endorsed.by} said yes` : 'open',
      `${plan.remedy} on ${plan.target}`,
      plan.risk ? riskText(plan.risk) : '-',
      timeText(proposedAt),
      timeText(expiresAt),
      incident,
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
    ['POLICY', 'TARGET', 'CONDITION', 'LADDER', 'AUTONOMY', 'ASKS A PERSON'],
    policies.map((policy) => [
      policy.name,
      policy.target,
      policy.condition,
      policy.ladder.join(', '),
      policy.autonomy,
      askedText(policy),
    ]),
  )
}

/** When a person is asked before something is done, and for how long. */
function askedText({ autonomy, approval }: Policy): string {
  if (autonomy !== 'approve' && autonomy !== 'auto') return '-'
  const { above = 1, severities = [], withinMs } = approval ?? {}
  const about = [...(above < 1 ? [`risk x blast above ${above}`] : []), ...severities]
  const when = autonomy === 'approve' ? 'always' : about.join(', ') || 'never'
  const people = approval?.approvers === 2 ? ', two people' : ''
  return when === 'never' || withinMs === undefined ? when : `${when}${people}; ${durationText(withinMs)} to answer`
}

/** What each policy's target comes to now. */
export function coverTable(
  policies: readonly Policy[],
  targets: Readonly<Record<string, readonly ResourceRef[]>>,
): string {
  return table(
    ['POLICY', 'TARGET', 'KNOWN NOW'],
    policies.map(({ name, target }) => {
      const known = targets[name] ?? []
      return [name, target, known.length > 0 ? `${known.length}: ${listOf(known, 5)}` : 'nothing']
    }),
  )
}

export function ruleTable(rules: Config['rules']): string {
  return table(
    ['CAUSE', 'WHEN', 'CONFIDENCE', 'AFFECTS'],
    rules.map(({ cause, when, confidence, affects }) => [cause, when, String(confidence), affects]),
  )
}

/** What each alias resolves to, down to metrics. */
export function meanings(aliases: Aliases): [name: string, text: string][] {
  return [...aliases].map(([name, text]) => [name, conditionText(resolved(parseExpression(text), aliases))])
}

export function aliasTable(aliases: Aliases): string {
  const fromOf = (name: string): string => (aliases.get(name) === SHIPPED_ALIASES[name] ? 'shipped' : 'file')
  return table(
    ['ALIAS', 'FROM', 'RESOLVES TO'],
    meanings(aliases).map(([name, text]) => [name, fromOf(name), text]),
  )
}

/** Freeze windows with what holds now and what comes next; `now` is in epoch milliseconds. */
export function freezeTable(windows: readonly FreezeWindow[], now: number): string {
  return table(
    ['FREEZE WINDOW', 'OPEN NOW', 'OPENS NEXT', 'TARGETS', 'MAY ACT', 'REASON'],
    windows.map((window) => [
      window.name,
      spanText(openWindows([window], now)[0]),
      spanText(nextOpening(window, now)),
      window.targets?.join(', ') ?? 'all',
      window.allow.join(', ') || '-',
      window.reason,
    ]),
  )
}

/** Maintenance windows, and which policies and tasks act in them only; one that nobody names is of no use. */
export function maintenanceTable(
  windows: readonly MaintenanceWindow[],
  policies: readonly Policy[],
  now: number,
): string {
  const actIn = (name: string): string =>
    policies.flatMap((policy) => (policy.windows?.some((one) => one.name === name) ? [policy.name] : [])).join(', ')
  return table(
    ['MAINTENANCE WINDOW', 'OPEN NOW', 'OPENS NEXT', 'IN IT ONLY'],
    windows.map((window) => [
      window.name,
      spanText(openWindows([window], now)[0]),
      spanText(nextOpening(window, now)),
      actIn(window.name) || 'nothing names it',
    ]),
  )
}

function spanText(span: Span | undefined): string {
  return span ? `${timeText(span.since)} to ${timeText(span.until)}` : '-'
}

/** What people have closed: maintenance, limits that latched. */
export function holdTable({
  holds,
  latches,
  openWindows = [],
}: Pick<Ledger, 'holds' | 'latches'> & { readonly openWindows?: readonly OpenWindow[] }): string {
  const rows = [
    ...openWindows.map(({ name, targets, since, until, reason }) => [
      targets?.join(', ') ?? 'everything',
      `frozen by ${name}`,
      timeText(since),
      timeText(until),
      'the calendar',
      reason,
    ]),
    ...holds.map(({ target, since, forMs, by, reason }) => [
      target,
      'held',
      timeText(since.wallMs),
      timeText(since.wallMs + forMs),
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

/** What is disturbed now, and what was announced of it. */
export function disturbanceTable(going: readonly Disturbance[]): string {
  const rows = going.map(({ id, actor, by, target, share, since, forMs, reason, shadow }) => [
    id,
    target,
    shadow ? `${actor} (shadow)` : actor,
    by,
    `${Math.round(share * 100)}%`,
    timeText(since.wallMs),
    forMs === undefined ? 'its end' : timeText(since.wallMs + forMs),
    reason,
  ])
  return table(['ID', 'TARGET', 'WHAT', 'BY', 'SHARE', 'SINCE', 'UNTIL', 'REASON'], rows)
}

/** What is charged to each service, and how much more may be; the owner knows the limits. */
export function blastTable({ services }: BlastView): string {
  const rows = services.map(({ service, instances, disturbed, allowed, by }) => [
    service,
    `${disturbed} of ${instances}`,
    allowed === undefined ? 'any' : String(Math.max(0, allowed - disturbed)),
    by.join(', '),
  ])
  return table(['SERVICE', 'DISTURBED', 'LEFT', 'BY'], rows)
}

/** A target that Kintsugi is concerned with now, and how. */
export type TargetRow = { readonly target: ResourceRef; readonly state: string; readonly because: string }

export function targetTable(rows: readonly TargetRow[]): string {
  return table(
    ['TARGET', 'STATE', 'BECAUSE'],
    rows.map(({ target, state, because }) => [target, state, because]),
  )
}

/** Every target that the owner knows. */
export function knownTargetTable(targets: readonly TargetView[]): string {
  return table(
    ['TARGET', 'STATE', 'BECAUSE', 'POLICIES'],
    targets
      .toSorted((a, b) => a.target.localeCompare(b.target, 'en', { numeric: true }))
      .map(({ target, state, because, policies }) => [target, state, because ?? '-', policies.join(', ') || '-']),
  )
}

/** Policies with what they come to now, and what keeps each from acting by itself. */
export function knownPolicyTable(policies: readonly PolicyView[]): string {
  return table(
    ['POLICY', 'CONDITION', 'COVERS', 'LADDER', 'AUTONOMY', 'IN THE WAY'],
    policies.map(({ policy, condition, covers, autonomy, limits }) => [
      policy.name,
      condition,
      covers.length > 0 ? `${covers.length}: ${listOf(covers, 2)}` : 'nothing',
      policy.ladder.join(', '),
      autonomy,
      limits.join('; ') || '-',
    ]),
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
