import { correlate, type Change } from '../correlate/correlate.ts'
import { decide } from '../decide/decide.ts'
import { detecting } from '../detect/detect.ts'
import { diagnose } from '../diagnose/diagnose.ts'
import type { Diagnosis } from '../domain/diagnosis.ts'
import { violatedOn, type Elsewhere, type Finding } from '../domain/finding.ts'
import type { Incident } from '../domain/incident.ts'
import type { Choice } from '../domain/plan.ts'
import { unhurried } from '../lib/unhurried.ts'
import { measurePlan, policiesOf, sightOf, type Engine } from './engine.ts'
import { looksOf } from '../assess/measure.ts'

/** What is wrong, or cannot be seen, now. */
export async function findingsNow(engine: Engine): Promise<Finding[]> {
  const { ports, settings, incidents, startedAt } = engine
  const young = {
    knownSince: ports.knownSince?.() ?? new Map(),
    ...(ports.graceMs !== undefined && { graceMs: ports.graceMs }),
  }
  const findings = incidents.open().flatMap((incident) => incident.findings)
  const open = new Set(findings.map(({ fingerprint }) => fingerprint))
  const openOn = findings.map(({ target }) => target)
  const seenTo = incidents.seenTo(ports.topology())
  const strange = ports.unusual && { unusual: ports.unusual() }
  const seen = { ...sightOf(engine), ...young, ...strange }
  const world = { policies: settings.policies, ...seen, open, openOn, startedAt, seenTo }
  return unhurried(detecting(world))
}

/** What has to change about the open incidents for them to say what the findings say. */
export function incidentChanges(engine: Engine, findings: readonly Finding[]): Change[] {
  const { incidents, ports } = engine
  const now = ports.clock.now()
  return correlate({ findings, open: incidents.open(), ended: incidents.ended(now), topology: ports.topology(), now })
}

/** What broke, likeliest first. */
export function diagnosisOf(engine: Engine, incident: Incident, elsewhere: Elsewhere): Diagnosis {
  const { engines, logs } = engine.ports
  const asked = [...engines, ...(engine.settings.engines ?? [])]
  return diagnose(asked, { incident, elsewhere, ...sightOf(engine), ...(logs && { logs }) })
}

/** What is wrong in the other open incidents, for each of them: gathered once for all that a turn treats. */
export function othersOf({ incidents }: Engine): (incident: Incident) => Elsewhere {
  const homes = new Map(incidents.open().flatMap(({ id, findings }) => findings.map((one) => [one, id] as const)))
  const all = violatedOn(homes.keys())
  return ({ id }) =>
    (ref) =>
      all(ref).filter((finding) => homes.get(finding) !== id)
}

/** The next rung, a person, or nothing, each with its reason. */
export function choiceFor(engine: Engine, incident: Incident, diagnosis: Diagnosis, elsewhere: Elsewhere): Choice {
  const { ports, settings } = engine
  return decide({
    incident,
    diagnosis,
    elsewhere,
    policies: policiesOf(settings),
    remedies: ports.remedies,
    topology: ports.topology(),
    ...looksOf(sightOf(engine)),
    measure: (watched) => measurePlan(engine, { owner: watched.owner, verify: watched }),
    planId: ports.newId('plan'),
    now: ports.clock.now(),
  })
}
