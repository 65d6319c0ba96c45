import { aimOf } from '../../correlate/aim.ts'
import type { Change } from '../../correlate/correlate.ts'
import type { Alert, KnownAlert } from '../../domain/alert.ts'
import { alertsIn } from '../../domain/condition/ast.ts'
import { matches } from '../../domain/condition/matchers.ts'
import { parseCondition } from '../../domain/condition/parse.ts'
import type { Finding } from '../../domain/finding.ts'
import { openAttempt } from '../../domain/incident-fold.ts'
import type { Incident } from '../../domain/incident.ts'
import type { AlertPlan, AlertView } from '../../domain/operator.ts'
import { covers, type ResourceRef } from '../../domain/resource.ts'
import type { Matcher } from '../../domain/signal.ts'
import { severityOf } from '../../signals/severity.ts'
import type { Engine } from '../engine.ts'
import type { ReceivedAlerts } from '../ports.ts'
import { ask } from '../runs.ts'
import { choiceFor, diagnosisOf, findingsNow, incidentChanges, othersOf } from '../stages.ts'

/** What was received and still counts, the newest first, with the policies that look at it: worked out as it is read. */
export function* alertViews(engine: Engine): Generator<AlertView> {
  const policiesOn = policiesFor(engine)
  const alerts = engine.ports.alerts?.all() ?? []
  for (const alert of alerts.toSorted((a, b) => b.startsAt - a.startsAt)) {
    yield { ...alert, policies: policiesOn(alert) }
  }
}

/** What each alert would lead to if it fired now, each for itself. Reads the world and the record, and writes nothing. */
export async function preview(engine: Engine, alerts: readonly Alert[]): Promise<AlertPlan[]> {
  const policiesOn = policiesFor(engine)
  const plans: AlertPlan[] = []
  for (const alert of alerts) plans.push(await planFor(engine, alert, policiesOn))
  return plans
}

async function planFor(engine: Engine, alert: Alert, policiesOn: (alert: KnownAlert) => string[]): Promise<AlertPlan> {
  const { settings, ports } = engine
  const aim = aimOf(settings.alertTargets, ports.topology())(alert)
  const known = { ...alert, aim, severity: severityOf(alert.labels) }
  const policies = policiesOn(known)
  const nothing = (reason: string): AlertPlan => ({
    alert: known,
    policies,
    findings: [],
    choice: { kind: 'none', reason },
  })
  if (aim.kind === 'unmapped') return nothing(aim.reason)
  if (alert.status === 'resolved') return nothing('it is resolved')
  if (policies.length === 0) return nothing(`no policy covers it: none on ${aim.target} asks for such an alert`)
  const imagined = imagine(engine, known, aim.target)
  const about = ({ target, policy }: Finding): boolean => target === aim.target && policies.includes(policy)
  const findings = await findingsNow(imagined)
  const found = findings.filter(about)
  if (found.length === 0) return nothing(`the condition of ${policies.join(', ')} does not hold`)
  const incident = incidentWith(imagined, findings, about)
  const asked = knowing(imagined, incident)
  const base = {
    alert: known,
    policies,
    findings: found,
    ...(incident.id !== IMAGINED && { incident: incident.id }),
  }
  const busy = busyWith(incident)
  if (busy !== undefined) return { ...base, choice: { kind: 'none', reason: busy } }
  const elsewhere = othersOf(asked)(incident)
  const diagnosis = diagnosisOf(asked, incident, elsewhere)
  const choice = choiceFor(asked, incident, diagnosis, elsewhere)
  if (choice.kind !== 'plan') return { ...base, diagnosis, choice }
  const { verdict } = await ask(asked, { plan: choice.plan, purpose: 'start' })
  return { ...base, diagnosis, choice, verdict }
}

/** The engine in a world in which the alert fires; it shares everything with the real one, and is only asked. */
function imagine(engine: Engine, alert: KnownAlert, target: ResourceRef): Engine {
  const { alerts, clock } = engine.ports
  const { endsAt: _, ...endless } = alert
  const firing = { ...endless, startsAt: Math.min(alert.startsAt, clock.now()) }
  const others = (ref: ResourceRef): KnownAlert[] =>
    (alerts?.on(ref) ?? []).filter(({ fingerprint }) => fingerprint !== alert.fingerprint)
  const imagined: ReceivedAlerts = {
    on: (ref) => (ref === target ? [...others(ref), firing] : others(ref)),
    targets: (name) => [...(alerts?.targets(name) ?? []), target],
    all: () => [...(alerts?.all() ?? []), firing],
  }
  return { ...engine, ports: { ...engine.ports, alerts: imagined } }
}

/** The engine in a world in which the incident is as it would become: gates look it up by its name. */
function knowing(engine: Engine, incident: Incident): Engine {
  const { incidents } = engine
  const get = (id: string): Incident | undefined => (id === incident.id ? incident : incidents.get(id))
  return { ...engine, incidents: { ...incidents, get } }
}

const IMAGINED = 'none yet'

/** The incident that the findings would belong to: an open one as it would become, or a new one. */
function incidentWith(engine: Engine, findings: readonly Finding[], about: (finding: Finding) => boolean): Incident {
  const changes = incidentChanges(engine, findings)
  const change = changes.find((one) => one.do !== 'close' && one.findings.some(about))
  const open = change ? changed(engine, change) : engine.incidents.open().find((one) => one.findings.some(about))
  if (!open) throw new Error('a finding belongs to no incident')
  return open
}

function changed(engine: Engine, change: Change): Incident | undefined {
  if (change.do === 'close') return undefined
  const { severity, findings } = change
  if (change.do === 'update') {
    const incident = engine.incidents.get(change.incident)
    return incident && { ...incident, severity, findings }
  }
  const openedAt = engine.ports.clock.now()
  const { owner } = change
  return { id: IMAGINED, owner, status: 'open', severity, openedAt, findings, attempts: [], waitingFor: [] }
}

function busyWith(incident: Incident): string | undefined {
  const attempt = openAttempt(incident)
  if (attempt) return `${attempt.run} is under way in ${incident.id}: ${attempt.remedy} on ${attempt.target}`
  const { proposal, takenOver } = incident
  if (proposal) return `${proposal.plan.remedy} on ${proposal.plan.target} waits for a person as ${proposal.id}`
  if (takenOver) return `${takenOver.by} has taken ${incident.id} over`
  return incident.status === 'escalated' ? `${incident.id} is handed to a person` : undefined
}

/** The policies that an alert makes look at its target; every condition is read once for all alerts. */
function policiesFor({ settings }: Engine): (alert: KnownAlert) => string[] {
  const onAlerts = settings.policies
    .map(({ name, target, condition }) => ({ name, target, tests: alertsIn(parseCondition(condition)) }))
    .filter(({ tests }) => tests.length > 0)
  return ({ aim, labels }) => {
    if (aim.kind === 'unmapped') return []
    const asks = (tests: readonly (readonly Matcher[])[]): boolean => tests.some((one) => matches(labels, one))
    return onAlerts.filter(({ target, tests }) => covers(target, aim.target) && asks(tests)).map(({ name }) => name)
  }
}
