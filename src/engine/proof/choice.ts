import { looksOf, measureNow, type Sight } from '../../assess/measure.ts'
import type { RuleConfig } from '../../config/config.ts'
import { decide } from '../../decide/decide.ts'
import type { Remedy } from '../../decide/remedy.ts'
import { diagnose, type DiagnosisEngine } from '../../diagnose/diagnose.ts'
import type { Diagnosis } from '../../domain/diagnosis.ts'
import type { Elsewhere } from '../../domain/finding.ts'
import type { Incident } from '../../domain/incident.ts'
import type { Choice, Plan } from '../../domain/plan.ts'
import type { Policy } from '../../domain/policy.ts'
import type { Json } from '../../lib/json.ts'
import { fromPlain, toPlain } from '../../lib/plain.ts'
import type { Engine } from '../engine.ts'
import { topologyPart } from './asked.ts'
import { topologyFrom } from './compact.ts'
import { accountFor } from './keep.ts'
import { ownPart, sharedPart, type Shelve } from './parts.ts'
import { noting, sensesFrom, type Reads } from './reads.ts'

/** The engine as one decision sees it: at one moment, with what it reads noted. */
export type Watched = {
  readonly engine: Engine
  readonly elsewhere: Elsewhere
  /** Keeps what led to the plan, as long as nobody knows whether it is recorded. */
  ledTo(plan: Plan): void
}

/** Watches what is read until something is chosen for an incident. */
export function watchChoice(engine: Engine, incident: Incident, elsewhere: Elsewhere): Watched {
  const { ports, settings, incidents } = engine
  const { windows, alerts, logs, clock } = ports
  const now = clock.now()
  const topology = ports.topology()
  const upTo = incidents.upTo(incident)
  const { senses, taken } = noting({ windows, elsewhere, ...(alerts && { alerts }), ...(logs && { logs }) })
  const watched = {
    ...ports,
    clock: { ...clock, now: () => now },
    topology: () => topology,
    windows: { ...senses.windows, forget: () => windows.forget() },
    ...(alerts && senses.alerts && { alerts: { ...alerts, ...senses.alerts } }),
    ...(senses.logs && { logs: senses.logs }),
  }
  return {
    engine: { ...engine, ports: watched },
    elsewhere: senses.elsewhere,
    ledTo: (plan) => {
      const reads = taken()
      accountFor(plan, (shelve) => ({
        choice: {
          now,
          upTo,
          reads: shelve(ownPart(toPlain(reads))),
          topology: shelve(topologyPart(topology)),
          policies: shelve(sharedPart(settings.policies, () => toPlain(settings.policies))),
          aliases: shelve(sharedPart(settings.aliases, () => toPlain(settings.aliases))),
          rules: rulesOf(settings.rules, shelve),
        },
      }))
    },
  }
}

function rulesOf(rules: readonly RuleConfig[] | undefined, shelve: Shelve): Json {
  return rules ? shelve(sharedPart(rules, () => toPlain(rules))) : []
}

/** What decisions are derived again with: the same pure functions. */
export type Reasoning = {
  readonly engines: readonly DiagnosisEngine[]
  /** The operator's own rules, as an engine. */
  readonly rulesOf: (rules: readonly RuleConfig[]) => DiagnosisEngine
  readonly remedies: readonly Remedy[]
}

export type Stored = { readonly [field: string]: Json }

/** The diagnosis and the choice again, from what was read for them. */
export function chooseAgain(
  stored: Stored,
  incident: Incident,
  plan: Plan,
  { engines, rulesOf: engineOf, remedies }: Reasoning,
): { readonly diagnosis: Diagnosis; readonly choice: Choice } {
  const { windows, elsewhere, alerts, logs } = sensesFrom(fromPlain(stored['reads']) as Reads)
  const policies = fromPlain(stored['policies']) as readonly Policy[]
  const aliases = fromPlain(stored['aliases']) as ReadonlyMap<string, string>
  const rules = fromPlain(stored['rules']) as readonly RuleConfig[]
  const topology = topologyFrom(stored['topology'])
  const now = Number(stored['now'])
  const sight: Sight = { windows, topology, now, aliases, ...(alerts && { alerts }) }
  const asked = rules.length > 0 ? [...engines, engineOf(rules)] : engines
  const diagnosis = diagnose(asked, { incident, elsewhere, ...sight, ...(logs && { logs }) })
  const choice = decide({
    incident,
    diagnosis,
    elsewhere,
    policies: new Map(policies.map((policy) => [policy.name, policy])),
    remedies,
    topology,
    ...looksOf(sight),
    measure: (watched) => measureNow({ ...watched }, sight),
    planId: plan.id,
    now,
  })
  return { diagnosis, choice }
}
