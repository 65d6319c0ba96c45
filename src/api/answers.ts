import { z } from 'zod'
import type { Credit } from '../domain/credit.ts'
import type { Entry, EntryBody } from '../domain/entry.ts'
import type { Evidence, Finding } from '../domain/finding.ts'
import type { OpenWindow } from '../domain/freeze-window.ts'
import type { Incident } from '../domain/incident.ts'
import type { Disturbance, Hold, Latch, Ledger, Lock, Pause, RunRow, SpentAttempt } from '../domain/ledger.ts'
import type { IntakeStatus, AlertPlan, AlertView, SourceStatus, Status } from '../domain/operator.ts'
import type { Plan } from '../domain/plan.ts'
import { ResourceRef } from '../domain/resource.ts'
import type { Outcome as OutcomeNoun } from '../domain/run.ts'
import type { SelfStatus } from '../domain/self.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { ProposalView } from '../domain/view.ts'
import type { Moment } from '../lib/clock.ts'

/** The domain's nouns as they go over the wire. Keys that are not named here pass, so that no newer field is lost. */

const Moment: z.ZodType<Moment> = z.looseObject({ wallMs: z.number(), bootMs: z.number(), bootId: z.string() })
const Severity = z.enum(['critical', 'high', 'warning', 'info'])
export const Outcome: z.ZodType<OutcomeNoun> = z.enum([
  'healed',
  'helped',
  'rolled-back',
  'spent',
  'parked',
  'stuck',
  'abandoned',
])

const Evidence: z.ZodType<Evidence> = z.looseObject({
  signal: z.string(),
  value: z.number().nullable(),
  limit: z.number().exactOptional(),
  at: z.number(),
})

const Finding: z.ZodType<Finding> = z.looseObject({
  fingerprint: z.string(),
  policy: z.string(),
  target: ResourceRef,
  state: z.enum(['violated', 'blind']),
  since: z.number(),
  severity: Severity,
  summary: z.string(),
  evidence: z.array(Evidence),
})

const Hypothesis = z.looseObject({
  cause: z.string(),
  target: ResourceRef,
  confidence: z.number(),
  summary: z.string(),
  for: z.array(Evidence),
  against: z.array(Evidence),
  recommendation: z.string().exactOptional(),
  affected: z.array(ResourceRef).exactOptional(),
})

/** A plan and an entry's body are told apart only: what they hold is the record's own business, and the digest's. */
const Plan = z.looseObject({ id: z.string() }) as unknown as z.ZodType<Plan>
const Body = z.looseObject({ kind: z.string() }) as unknown as z.ZodType<EntryBody>

const Diagnosis = z.looseObject({
  hypotheses: z.array(Hypothesis),
  blastRadius: z.array(ResourceRef),
  distances: z.record(z.string(), z.number()).exactOptional(),
})

export const CreditAnswer: z.ZodType<Credit> = z.enum(['fixed-by-us', 'recovered-alone', 'unknown'])

export const IncidentAnswer: z.ZodType<Incident> = z.looseObject({
  id: z.string(),
  owner: ResourceRef,
  status: z.enum(['open', 'diagnosing', 'healing', 'verifying', 'resolved', 'escalated']),
  severity: Severity,
  openedAt: z.number(),
  closedAt: z.number().exactOptional(),
  findings: z.array(Finding),
  diagnosis: Diagnosis.exactOptional(),
  attempts: z.array(
    z.looseObject({
      run: z.string(),
      plan: z.string(),
      remedy: z.string(),
      target: ResourceRef,
      parts: z.array(ResourceRef).exactOptional(),
      outcome: Outcome.exactOptional(),
      credit: CreditAnswer.exactOptional(),
    }),
  ),
  wouldRun: Plan.exactOptional(),
  endedBy: z.enum(['kintsugi', 'itself', 'unknown']).exactOptional(),
  waitingFor: z.array(z.string()),
})

/** Its plan, verdict and preview are the record's own business. */
export const ProposalAnswer: z.ZodType<ProposalView> = z.looseObject({
  proposal: z.looseObject({
    id: z.string(),
    incident: z.string(),
    proposedAt: z.number(),
    expiresAt: z.number(),
  }) as unknown as z.ZodType<ProposalView['proposal']>,
  endorsed: z
    .looseObject({ by: z.string(), person: z.string().exactOptional(), reason: z.string(), at: z.number() })
    .exactOptional(),
  ended: z
    .looseObject({
      as: z.enum(['approved', 'rejected', 'expired', 'superseded', 'withdrawn']),
      at: z.number(),
      by: z.string().exactOptional(),
      reason: z.string().exactOptional(),
    })
    .exactOptional(),
})

const Pause: z.ZodType<Pause> = z.looseObject({
  freeze: z.boolean(),
  since: Moment,
  reason: z.string(),
  by: z.string(),
})
const Hold: z.ZodType<Hold> = z.looseObject({
  target: ResourceRef,
  since: Moment,
  forMs: z.number(),
  reason: z.string(),
  by: z.string(),
})
const Latch: z.ZodType<Latch> = z.looseObject({ owner: ResourceRef, since: Moment, reason: z.string() })
const Lock: z.ZodType<Lock> = z.looseObject({ resource: z.string(), run: z.string(), mode: z.enum(['own', 'within']) })

const Attempt: z.ZodType<SpentAttempt> = z.looseObject({
  id: z.number(),
  owner: ResourceRef,
  run: z.string(),
  at: Moment,
  endedAt: Moment.exactOptional(),
  shadow: z.boolean(),
})

const Disturbance: z.ZodType<Disturbance> = z.looseObject({
  id: z.string(),
  actor: z.enum(['repair', 'maintenance', 'person', 'deployment']),
  by: z.string(),
  reason: z.string(),
  target: ResourceRef,
  owner: ResourceRef,
  share: z.number(),
  instances: z.array(ResourceRef),
  lasting: z.boolean(),
  since: Moment,
  forMs: z.number().exactOptional(),
  endedAt: Moment.exactOptional(),
  shadow: z.boolean(),
})

export const LedgerAnswer: z.ZodType<Ledger> = z.looseObject({
  locks: z.array(Lock),
  attempts: z.array(Attempt),
  lastAttempt: z.number(),
  holds: z.array(Hold),
  latches: z.array(Latch),
  disturbances: z.array(Disturbance),
  lastDisturbance: z.number(),
  pause: Pause.exactOptional(),
})

const Source: z.ZodType<SourceStatus> = z.looseObject({
  name: z.string(),
  fresh: z.boolean(),
  lastAt: z.number().exactOptional(),
  problem: z.string().exactOptional(),
})

const OpenWindowAnswer: z.ZodType<OpenWindow> = z.looseObject({
  name: z.string(),
  reason: z.string(),
  since: z.number(),
  until: z.number(),
  targets: z.array(z.string()).exactOptional(),
  allow: z.array(z.string()),
})

const Self: z.ZodType<SelfStatus> = z.looseObject({
  ailments: z.array(z.looseObject({ what: z.string(), since: z.number(), unlocks: z.string() })),
  footing: z.array(z.looseObject({ target: ResourceRef, what: z.string() })),
  heartbeat: z.looseObject({ lastAt: z.number().exactOptional(), problem: z.string().exactOptional() }).exactOptional(),
})

const Intake: z.ZodType<IntakeStatus> = z.looseObject({
  series: z.number(),
  named: z.number(),
  unaimed: z.looseObject({ series: z.number(), reason: z.string().exactOptional() }),
  samples: z.number(),
  refused: z.number(),
  shed: z.number(),
  restarts: z.number(),
})

export const StatusAnswer: z.ZodType<Status> = z.looseObject({
  mode: z.enum(['shadow', 'live']),
  version: z.string(),
  startedAt: z.number(),
  canWrite: z.array(z.string()),
  sources: z.array(Source),
  record: z.looseObject({ ok: z.boolean(), seq: z.number(), problem: z.string().exactOptional() }),
  self: Self.exactOptional(),
  intake: Intake.exactOptional(),
  pause: Pause.exactOptional(),
  openWindows: z.array(OpenWindowAnswer).exactOptional(),
  holds: z.array(Hold),
  latches: z.array(Latch),
  locks: z.array(Lock),
  incidents: z.array(IncidentAnswer),
  openRuns: z.array(z.string()),
  loop: z.looseObject({ turnMs: z.number(), lagMs: z.number(), turns: z.number() }),
})

export const EntryAnswer: z.ZodType<Entry> = z.looseObject({
  seq: z.number(),
  at: Moment,
  kind: z.string() as unknown as z.ZodType<Entry['kind']>,
  incident: z.string().exactOptional(),
  run: z.string().exactOptional(),
  body: Body.exactOptional(),
  digest: z.string(),
  chain: z.string(),
})

export const RunAnswer: z.ZodType<RunRow> = z.looseObject({
  run: z.string(),
  incident: z.string(),
  plan: z.string(),
  owner: ResourceRef,
  target: ResourceRef,
  startedAt: Moment,
  endedAt: Moment.exactOptional(),
  outcome: Outcome.exactOptional(),
})

const Texts = z.record(z.string(), z.string())

const known = {
  fingerprint: z.string(),
  status: z.enum(['firing', 'resolved']),
  labels: Texts,
  annotations: Texts,
  startsAt: z.number(),
  endsAt: z.number().exactOptional(),
  generatorUrl: z.string().exactOptional(),
  source: z.string(),
  receivedAt: z.number(),
  severity: Severity,
  aim: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('mapped'), target: ResourceRef, rule: z.number() }),
    z.looseObject({ kind: z.literal('unmapped'), reason: z.string() }),
  ]),
}
const policies = z.array(z.string())

export const AlertViewAnswer: z.ZodType<AlertView> = z.looseObject({ ...known, policies })

export const AlertPlanAnswer: z.ZodType<AlertPlan> = z.looseObject({
  alert: z.looseObject(known),
  policies,
  incident: z.string().exactOptional(),
  findings: z.array(Finding),
  diagnosis: Diagnosis.exactOptional(),
  choice: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('plan'), plan: Plan }),
    z.looseObject({ kind: z.enum(['page', 'none']), reason: z.string() }),
  ]),
  verdict: (
    z.looseObject({
      answer: z.string(),
      answers: z.array(z.looseObject({ gate: z.string() })),
    }) as unknown as z.ZodType<Verdict>
  ).exactOptional(),
})
