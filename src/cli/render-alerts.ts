import type { AlertPreview } from '../api/contract/alerts.ts'
import { isFiring, type Alert, type KnownAlert } from '../domain/alert.ts'
import type { AlertPlan, AlertView } from '../domain/operator.ts'
import { causeLines, findingLines, planLines, safe, verdictTable } from './render-parts.ts'
import { section, table } from './text.ts'
import { timeText } from './units.ts'

/** What a preview says, alert by alert. Everything that came with an alert is shown as text. */
export function alertPlansText({ plans, refused }: AlertPreview): string {
  const bad = refused.map(({ index, reason }) => `alert ${index} is not taken: ${reason}`)
  const blocks = [...plans.map(planText), ...(bad.length > 0 ? [safe(bad).join('\n')] : [])]
  const end = 'Nothing was done, and nothing was recorded.'
  return [...blocks, blocks.length === 0 ? `No alerts. ${end}` : end].join('\n\n')
}

function planText({ alert, policies, incident, findings, diagnosis, choice, verdict }: AlertPlan): string {
  const labels = Object.entries(alert.labels).map(([name, value]) => `${name}=${short(value)}`)
  const reason =
    choice.kind === 'plan' ? [] : [`${choice.kind === 'page' ? 'a person is paged' : 'nothing'}: ${choice.reason}`]
  return [
    ...safe([
      `alert ${alert.labels['alertname'] ?? '(no name)'}, ${alert.severity}, ${alert.status} since ${timeText(alert.startsAt)}`,
    ]),
    ...section('Labels', safe(labels)),
    ...section('Target', safe([targetText(alert)])),
    ...section('Policies', safe([policies.join(', ') || 'none asks for it'])),
    ...section('Incident', alert.aim.kind === 'mapped' && findings.length > 0 ? safe([incident ?? 'a new one']) : []),
    ...section('Findings', safe(findingLines(findings))),
    ...section('Causes', safe(diagnosis ? causeLines(diagnosis) : [])),
    ...section('Plan', safe(choice.kind === 'plan' ? planLines(choice.plan) : reason)),
    ...section(`Gates: ${verdict?.answer ?? ''}`, verdict ? [verdictTable(verdict)] : []),
  ].join('\n')
}

function targetText({ aim }: KnownAlert): string {
  return aim.kind === 'mapped' ? `${aim.target}, by alertTargets[${aim.rule}]` : `none: ${aim.reason}`
}

/** The table of `get alerts`. */
export function alertTable(alerts: readonly AlertView[], now: number): string {
  return table(
    ['ALERT', 'SEVERITY', 'STATUS', 'SINCE', 'TARGET', 'POLICIES'],
    alerts.map((alert) => [
      ...headOf(alert, now),
      alert.aim.kind === 'mapped' ? alert.aim.target : 'none',
      alert.policies.join(', ') || 'none',
    ]),
  )
}

/** The table of `get unmapped`: what nothing will be done about. */
export function unmappedTable(alerts: readonly AlertView[], now: number): string {
  return table(
    ['ALERT', 'SEVERITY', 'STATUS', 'SINCE', 'WHY NOTHING IS DONE'],
    alerts.map((alert) => [...headOf(alert, now), whyIdle(alert)]),
  )
}

function whyIdle({ aim }: AlertView): string {
  return aim.kind === 'mapped' ? `no policy covers it: it is about ${aim.target}` : aim.reason
}

function headOf(alert: AlertView, now: number): string[] {
  return [
    short(alert.labels['alertname'] ?? '(no name)'),
    alert.severity,
    statusOf(alert, now),
    timeText(alert.startsAt),
  ]
}

/** One that says it fires and whose time has passed: nobody reports it any more. */
function statusOf(alert: Alert, now: number): string {
  return alert.status === 'firing' && !isFiring(alert, now) ? 'silent' : alert.status
}

const MOST = 120

function short(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST)}... (${text.length} characters)` : text
}
