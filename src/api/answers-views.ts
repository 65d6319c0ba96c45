import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import type { Policy } from '../domain/policy.ts'
import type { Plan } from '../domain/plan.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Comparison, Group } from '../domain/comparison.ts'
import type { Chart } from '../domain/chart.ts'
import type { IncidentView, LoudSeries, Overview, PauseView, PlanView, PolicyView, TargetView } from '../domain/view.ts'
import { CreditAnswer, EntryAnswer, IncidentAnswer, Outcome } from './answers.ts'

/** What people are shown, as it goes over the wire. Keys that are not named here pass, so that no newer field is lost. */

/** What is a part of the record is told apart only. */
const Plan = z.looseObject({ id: z.string() }) as unknown as z.ZodType<Plan>
const Proposal = z.looseObject({ id: z.string(), plan: Plan, expiresAt: z.number() }) as unknown as z.ZodType<Proposal>
const Verdict = z.looseObject({
  answer: z.enum(['allow', 'hold', 'deny']),
  answers: z.array(z.looseObject({ gate: z.string() })),
}) as unknown as z.ZodType<Verdict>
const Policy = z.looseObject({ name: z.string(), ladder: z.array(z.string()) }) as unknown as z.ZodType<Policy>

const commands = z.array(z.string())
const time = z.number()

const Step = z.looseObject({
  name: z.string(),
  action: z.string(),
  target: ResourceRef,
  status: z.enum(['planned', 'under-way', 'applied', 'failed', 'undone']),
  appliedAt: time.exactOptional(),
  diff: z.array(z.looseObject({ name: z.string(), from: z.json(), to: z.json() })).exactOptional(),
  byHand: commands,
  undo: z.looseObject({
    state: z.enum(['ready', 'impossible', 'expires', 'done']),
    expiresAt: time.exactOptional(),
    reason: z.string().exactOptional(),
    byHand: commands,
  }),
})

const Group: z.ZodType<Group> = z.looseObject({
  of: z.int(),
  well: z.int(),
  // The record's own business, as the signals of a plan are.
  signals: z.array(z.unknown()) as unknown as z.ZodType<Group['signals']>,
})

const Compared: z.ZodType<Comparison> = z.looseObject({
  verdict: z.enum(['better', 'alone', 'harm', 'no-effect', 'blind']),
  treated: Group,
  controls: Group,
  guards: z.array(z.unknown()) as unknown as z.ZodType<Comparison['guards']>,
  chance: z.number(),
  recovered: z.array(ResourceRef),
  reasons: z.array(z.string()),
})

export const PlanViewAnswer: z.ZodType<PlanView> = z.looseObject({
  plan: Plan,
  at: time,
  became: z.enum(['running', 'run', 'proposed', 'not-run', 'would-run']),
  verdict: Verdict.exactOptional(),
  run: z.string().exactOptional(),
  startedAt: time.exactOptional(),
  endedAt: time.exactOptional(),
  outcome: Outcome.exactOptional(),
  reason: z.string().exactOptional(),
  comparisons: z.array(z.looseObject({ wave: z.int(), at: time, comparison: Compared })).exactOptional(),
  credited: z.looseObject({ credit: CreditAnswer, controlled: z.boolean(), reason: z.string() }).exactOptional(),
  steps: z.array(Step),
})

const Chart: z.ZodType<Chart> = z.looseObject({
  signal: z.string(),
  target: ResourceRef,
  expression: z.string(),
  limit: z.number().exactOptional(),
  violated: z.enum(['>', '>=', '<', '<=', '==', '!=']).exactOptional(),
  points: z.array(z.tuple([time, z.number().nullable()])),
})

const Change = z.looseObject({
  at: time,
  what: z.enum(['configuration', 'restart', 'repair', 'pause', 'resume', 'hold', 'release', 'kintsugi']),
  target: ResourceRef.exactOptional(),
  by: z.string().exactOptional(),
  text: z.string(),
})

export const IncidentViewAnswer: z.ZodType<IncidentView> = z.looseObject({
  incident: IncidentAnswer,
  entries: z.array(EntryAnswer),
  proposal: Proposal.exactOptional(),
  plans: z.array(PlanViewAnswer),
  charts: z.array(Chart),
  moments: z.array(
    z.looseObject({
      at: time,
      what: z.enum(['opened', 'applied', 'undone', 'ended', 'closed']),
      step: z.string().exactOptional(),
    }),
  ),
  changes: z.array(Change),
})

const count = z.int().min(0)

const Need = z.looseObject({
  kind: z.enum(['proposal', 'parked', 'stuck', 'blind', 'escalated', 'latched']),
  incident: z.string().exactOptional(),
  subject: z.string(),
  target: ResourceRef,
  since: time,
  expiresAt: time.exactOptional(),
  reason: z.string(),
})

const Touched = z.looseObject({
  run: z.string(),
  incident: z.string(),
  target: ResourceRef,
  remedy: z.string(),
  startedAt: time,
  stage: z.enum(['preparing', 'applying', 'verifying', 'settling', 'undoing']),
  step: z.string().exactOptional(),
})

export const OverviewAnswer: z.ZodType<Overview> = z.looseObject({
  needs: z.array(Need),
  moreNeeds: count,
  touched: z.array(Touched),
  moreTouched: count,
  day: z.looseObject({
    from: time,
    to: time,
    acted: count,
    held: count,
    denied: count,
    unmapped: count,
    healed: count,
    endedAlone: count,
  }),
  budgets: z.array(
    z.looseObject({ owner: ResourceRef, used: count, attempts: count, withinMs: time, latched: z.boolean() }),
  ),
})

export const TargetViewAnswer: z.ZodType<TargetView> = z.looseObject({
  target: ResourceRef,
  state: z.enum(['well', 'unwell', 'blind', 'in-repair', 'held', 'unwatched']),
  because: z.string().exactOptional(),
  partOf: ResourceRef.exactOptional(),
  dependsOn: z.array(ResourceRef),
  calls: z.array(ResourceRef),
  incident: z.string().exactOptional(),
  policies: z.array(z.string()),
})

export const PolicyViewAnswer: z.ZodType<PolicyView> = z.looseObject({
  policy: Policy,
  autonomy: z.enum(['observe', 'suggest', 'approve', 'auto']),
  condition: z.string(),
  covers: z.array(ResourceRef),
  limits: z.array(z.string()),
})

export const LoudSeriesAnswer: z.ZodType<LoudSeries> = z.looseObject({
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  source: z.string(),
  target: ResourceRef.exactOptional(),
  since: time,
  at: time,
  evidence: z.number(),
  value: z.number().exactOptional(),
  text: z.string(),
})

export const PauseViewAnswer: z.ZodType<PauseView> = z.looseObject({
  kind: z.string() as unknown as z.ZodType<PauseView['kind']>,
  about: z.string().exactOptional(),
  who: z.string().exactOptional(),
  why: z.string(),
  since: z.number().exactOptional(),
  until: z.number().exactOptional(),
  ends: z.string(),
})
