import type { Entry, EntryBody } from '../../../src/domain/entry.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import type { Incident } from '../../../src/domain/incident.ts'
import type { Measure, Plan, SignalState } from '../../../src/domain/plan.ts'
import type { Proposal } from '../../../src/domain/proposal.ts'
import type { Outcome, RunEvent } from '../../../src/domain/run.ts'
import type { GateAnswer, Verdict } from '../../../src/domain/verdict.ts'
import type { Chart } from '../../../src/domain/chart.ts'
import type { IncidentView, Moment, PlanView, StepView } from '../../../src/domain/view.ts'

/** What stories of incidents are made of, by value: for tests, and to look at pages without a server. */

export const OPENED = Date.UTC(2026, 10, 21, 14, 2, 40)
export const CHECKOUT = 'shop:prod/service/checkout'
export const DATABASE = 'shop:prod/database/db-1'
export const GATEWAY = 'shop:prod/service/gateway'
const APPLIED = OPENED + 32_000
const WELL = OPENED + 40_000
export const RUN = 'run-01m7zc5ah3-g7q2e4n6'
export const STEP = `reset-pool ${DATABASE}`

export const signal = (state: SignalState['state'], value: number | null): SignalState => ({
  signal: 'shop-users',
  target: GATEWAY,
  state,
  at: OPENED,
  value,
  limit: 0.02,
})
const measure = (state: SignalState['state'], value: number | null): Measure => ({
  at: OPENED,
  own: [{ ...signal(state, value), signal: 'checkout-slow', target: CHECKOUT }],
  guards: [signal(state, value)],
})

export const finding = (over: Partial<Finding> = {}): Finding => ({
  fingerprint: 'a825395cc164f790',
  policy: 'checkout-slow',
  target: CHECKOUT,
  state: 'violated',
  since: OPENED - 4000,
  severity: 'critical',
  summary: `${CHECKOUT}: latency_ms > 200 for 5 samples (latency_ms is 812.4)`,
  evidence: [{ signal: 'latency_ms', value: 812.4, limit: 200, at: OPENED }],
  ...over,
})

export const plan = (over: Partial<Plan> = {}): Plan => ({
  id: 'plan-01m7zc5ag8-cwsth40e',
  incident: 'inc-01m7zc5aed-7g58b51s',
  generation: 1,
  at: OPENED + 30_000,
  policy: 'checkout-slow',
  remedy: 'reset-pool',
  target: DATABASE,
  owner: CHECKOUT,
  within: [CHECKOUT],
  sharedFate: [],
  steps: [
    { name: STEP, action: 'reset-pool', target: DATABASE, params: { target: DATABASE }, reversibility: 'irreversible' },
  ],
  cannotUndo: [`the requests that wait on a connection of ${DATABASE}`],
  risk: { risk: 0.3, blast: 0.25 },
  cooldownMs: 60_000,
  verify: {
    healthyForMs: 8000,
    withinMs: 60_000,
    blindForMs: 60_000,
    guards: [{ name: 'shop-users', target: GATEWAY, expr: 'rate(failed[5s]) / rate(all[5s])', max: 0.02 }],
    expectations: [{ policy: 'checkout-slow', target: CHECKOUT, condition: 'latency_ms > 200 for 5 samples' }],
    before: measure('violated', 0.19),
  },
  rejected: [
    { remedy: 'warm-cache', reason: 'cache_hit_rate < 50 does not hold on shop:prod/service/checkout' },
    { remedy: 'restart-instance', reason: 'heavier than reset-pool' },
    { remedy: 'page', reason: 'heavier than reset-pool' },
  ],
  ...over,
})

const allow = (gate: string, reason: string): GateAnswer => ({ gate, answer: 'allow', reason })
const ALLOWING: readonly GateAnswer[] = [
  allow('kill-switch', 'not paused'),
  allow('autonomy', "policy 'checkout-slow' acts by itself"),
  allow('never', 'not on the `never` list'),
  allow('target-hold', 'nobody holds the target'),
  allow('blindness', 'every signal of the plan is fresh'),
  allow('need', `checkout-slow on ${CHECKOUT} is violated`),
  allow('lock', 'no other run on the target or its lineage'),
  allow('attempts', `0 attempts on ${CHECKOUT} on the ledger`),
]
export const ALLOW: Verdict = { answer: 'allow', answers: ALLOWING }

export const verdict = (...against: GateAnswer[]): Verdict => ({
  answer: against.some(({ answer }) => answer === 'deny') ? 'deny' : 'hold',
  answers: [...ALLOWING.filter(({ gate }) => !against.some((one) => one.gate === gate)), ...against],
})

export const COOLDOWN: GateAnswer = {
  gate: 'cooldown',
  answer: 'hold',
  reason: `the last attempt on ${CHECKOUT} was 21s ago`,
  value: '21s',
  limit: '1m',
  unlocks: 'in 39s',
}
export const NEVER: GateAnswer = {
  gate: 'never',
  answer: 'deny',
  reason: `${DATABASE} is on the \`never\` list`,
  unlocks: 'never',
}
export const SHADOW: GateAnswer = {
  gate: 'shadow',
  answer: 'deny',
  reason: 'shadow: it would have run, and writes nothing',
}

export const proposal = (over: Partial<Proposal> = {}): Proposal => ({
  id: 'prop-01m7zc5b10-m2k4h7w1',
  incident: 'inc-01m7zc5aed-7g58b51s',
  plan: plan(),
  verdict: verdict({
    gate: 'approval',
    answer: 'hold',
    reason: 'risk 0.3 times blast 0.25 is more than 0.05',
    value: 0.075,
    limit: 0.05,
    unlocks: 'kintsugi approve prop-01m7zc5b10-m2k4h7w1',
    person: true,
  }),
  preview: [{ step: STEP, before: { inUse: 100, max: 100, waiting: 37 } }],
  proposedAt: OPENED + 31_000,
  expiresAt: OPENED + 931_000,
  since: { wallMs: OPENED + 31_000, bootMs: 31_000, bootId: 'b' },
  ...over,
})

type Line = readonly [afterMs: number, body: EntryBody, run?: string]

export const entries = (lines: readonly Line[]): Entry[] =>
  lines.map(([afterMs, body, run], index) => ({
    seq: index + 3,
    at: { wallMs: OPENED + afterMs, bootMs: afterMs, bootId: 'b' },
    kind: body.kind,
    incident: 'inc-01m7zc5aed-7g58b51s',
    ...(run !== undefined && { run }),
    body,
    digest: 'd'.repeat(64),
    chain: 'c'.repeat(64),
  }))

export const DIAGNOSIS: NonNullable<Incident['diagnosis']> = {
  blastRadius: ['shop:prod/service/checkout', 'shop:prod/service/web', 'shop:prod/service/gateway'],
  distances: { 'shop:prod/service/checkout': 1, 'shop:prod/service/web': 2, 'shop:prod/service/gateway': 3 },
  hypotheses: [
    {
      cause: 'pool-exhausted',
      target: DATABASE,
      confidence: 0.87,
      summary: `${DATABASE} has no connection left, and 37 requests wait for one`,
      for: [
        { signal: 'db_connection_errors', value: 41, limit: 10, at: OPENED },
        { signal: `log of ${DATABASE}`, value: 1, at: OPENED, text: 'FATAL: remaining connection slots are reserved' },
      ],
      against: [],
      recommendation: `drop the idle connections of ${DATABASE}, then look at who keeps them`,
      affected: [CHECKOUT, GATEWAY],
    },
    {
      cause: 'slow-storage',
      target: DATABASE,
      confidence: 0.31,
      summary: `${DATABASE} is slow, and short of neither CPU nor memory`,
      for: [{ signal: 'latency_ms', value: 812.4, limit: 100, at: OPENED }],
      against: [{ signal: 'disk_queue', value: 0.4, limit: 8, at: OPENED }],
      recommendation: 'look at its storage: queue depth, errors, a rebuild under way',
    },
  ],
}

export const seen: readonly Line[] = [
  [0, { kind: 'incident-opened', owner: CHECKOUT, severity: 'critical', findings: [finding()] }],
  [200, { kind: 'diagnosed', diagnosis: DIAGNOSIS }],
]
export const started = (name: string, effect = false): RunEvent => ({
  kind: 'step-started',
  step: `${STEP}/${name}`,
  effect,
  ...(effect && { verdict: ALLOW, measure: measure('violated', 0.19) }),
})
const succeeded = (name: string): RunEvent => ({ kind: 'step-succeeded', step: `${STEP}/${name}`, result: null })
export const comparing: RunEvent = { kind: 'step-started', step: 'compare 1/since', effect: false }
export const settling: RunEvent = { kind: 'step-started', step: 'settle/result', effect: false }

export const begun: readonly Line[] = [
  ...seen,
  [30_500, { kind: 'run-started', plan: plan(), version: '0.1.0', epoch: 1 }, RUN],
  [30_600, started('capture'), RUN],
  [30_700, succeeded('capture'), RUN],
  [31_000, started('apply', true), RUN],
]
export const applied: readonly Line[] = [
  ...begun,
  [32_000, succeeded('apply'), RUN],
  [32_100, started('verify'), RUN],
  [32_900, succeeded('verify'), RUN],
  [33_000, settling, RUN],
]
export const ended = (outcome: Outcome, reason: string, leftOpen: readonly string[] = []): Line => [
  41_000,
  { kind: 'run-ended', outcome, reason, leftOpen },
  RUN,
]

export const step = (over: Partial<StepView> = {}): StepView => ({
  name: STEP,
  action: 'reset-pool',
  target: DATABASE,
  status: 'applied',
  appliedAt: APPLIED,
  diff: [
    { name: 'connections in use', from: 100, to: 12 },
    { name: 'requests waiting', from: 37, to: 0 },
  ],
  byHand: ["psql -h db-1 -c 'select pg_terminate_backend(pid) from pg_stat_activity where state = $$idle$$'"],
  undo: { state: 'impossible', reason: 'connections that were dropped do not come back', byHand: [] },
  ...over,
})
export const planned = step({ status: 'planned' })
const { appliedAt: _applied, ...rest } = planned
/** A step that nothing has come of yet. */
export const notApplied: StepView = rest

export const shown = (over: Partial<PlanView> = {}): PlanView => ({
  plan: plan(),
  at: OPENED + 30_000,
  became: 'run',
  verdict: ALLOW,
  run: RUN,
  startedAt: OPENED + 30_500,
  steps: [step()],
  ...over,
})
export const ran = (outcome: Outcome, reason: string, status: StepView['status'] = 'applied'): PlanView =>
  shown({ outcome, reason, endedAt: OPENED + 41_000, steps: [step({ status })] })
export const kept = (became: PlanView['became'], verdict: Verdict): PlanView => {
  const { run: _run, startedAt: _startedAt, ...rest } = shown({ became, verdict, steps: [notApplied] })
  return rest
}

export const charted = (isMended: boolean, blind: readonly [number, number] = [0, 0]): Chart => ({
  signal: 'shop-users',
  target: GATEWAY,
  expression: 'rate(shop_requests_failed_total[5s]) / rate(shop_requests_total[5s])',
  limit: 0.02,
  points: Array.from({ length: 180 }, (_, index) => {
    const at = OPENED - 90_000 + index * 1000
    const wave = 0.004 + 0.003 * Math.sin(index / 3)
    const bad = at > OPENED - 12_000 && (!isMended || at < WELL) ? 0.16 + 0.04 * Math.sin(index / 2) : 0
    const isBlind = at >= OPENED + blind[0] && at < OPENED + blind[1]
    return [at, isBlind ? null : wave + bad] as const
  }),
})
const moments = (...more: readonly Moment[]): readonly Moment[] => [{ at: OPENED, what: 'opened' }, ...more]
const APPLIED_AT: Moment = { at: APPLIED, what: 'applied', step: STEP }

export const incident = (over: Partial<Incident> = {}): Incident => ({
  id: 'inc-01m7zc5aed-7g58b51s',
  owner: CHECKOUT,
  status: 'diagnosing',
  severity: 'critical',
  openedAt: OPENED,
  findings: [finding()],
  diagnosis: DIAGNOSIS,
  attempts: [],
  waitingFor: [],
  ...over,
})
export const attempt = (outcome?: Outcome): Pick<Incident, 'attempts'> => ({
  attempts: [{ run: RUN, plan: plan().id, remedy: 'reset-pool', target: DATABASE, ...(outcome && { outcome }) }],
})
export const wellNow: Partial<Incident> = { findings: [], quiet: { since: WELL, findings: [finding()] } }
export const closed = (endedBy: NonNullable<Incident['endedBy']>): Partial<Incident> => ({
  ...wellNow,
  status: 'resolved',
  closedAt: OPENED + 42_000,
  endedBy,
})

export const view = (over: Partial<IncidentView> = {}): IncidentView => ({
  incident: incident(),
  entries: entries(seen),
  plans: [],
  charts: [charted(false)],
  moments: moments(),
  changes: [
    {
      at: OPENED - 25 * 60_000,
      what: 'configuration',
      target: CHECKOUT,
      by: 'ana',
      text: 'pool.max of checkout from 20 to 50',
    },
    {
      at: OPENED - 6 * 60_000,
      what: 'restart',
      target: 'shop:prod/instance/checkout-2',
      text: 'restarted from outside',
    },
  ],
  ...over,
})

export const runOver = (outcome: Outcome, reason: string, leftOpen: readonly string[] = []): IncidentView =>
  view({
    incident: incident({ status: leftOpen.length > 0 ? 'escalated' : 'open', ...attempt(outcome) }),
    entries: entries([...applied, ended(outcome, reason, leftOpen)]),
    plans: [ran(outcome, reason, outcome === 'rolled-back' ? 'undone' : 'applied')],
    moments: moments(APPLIED_AT, { at: OPENED + 41_000, what: 'ended' }),
  })

export const over = (endedBy: NonNullable<Incident['endedBy']>, more: Partial<IncidentView> = {}): IncidentView =>
  view({
    incident: incident(closed(endedBy)),
    entries: entries([...seen, [42_000, { kind: 'incident-closed', endedBy }]]),
    charts: [charted(true)],
    moments: moments({ at: OPENED + 42_000, what: 'closed' }),
    ...more,
  })

export const WELL_REASON = 'every signal of the incident and every guard is healthy'
export const healed = over('kintsugi', {
  incident: incident({ ...closed('kintsugi'), ...attempt('healed') }),
  entries: entries([
    ...applied,
    [34_000, { kind: 'incident-changed', severity: 'critical', findings: [] }],
    [
      41_000,
      {
        kind: 'assessed',
        assessment: {
          result: 'better',
          enough: true,
          targetWell: true,
          reasons: [WELL_REASON],
          measure: measure('well', 0.004),
        },
      },
      RUN,
    ],
    ended('healed', WELL_REASON),
    [42_000, { kind: 'incident-closed', endedBy: 'kintsugi' }],
  ]),
  plans: [ran('healed', WELL_REASON)],
  moments: moments(APPLIED_AT, { at: OPENED + 41_000, what: 'ended' }, { at: OPENED + 42_000, what: 'closed' }),
})

export const running = (
  lines: readonly Line[],
  status: StepView['status'],
  more: Partial<Incident> = {},
): IncidentView =>
  view({
    incident: incident({ status: 'healing', ...attempt(), ...more }),
    entries: entries(lines),
    plans: [shown({ became: 'running', steps: [status === 'planned' ? notApplied : step({ status })] })],
    moments: status === 'applied' ? moments(APPLIED_AT) : moments(),
  })
export const takenOver = { by: 'ana', reason: 'I know this one', at: OPENED + 35_000 }

export const refusedAs = (
  as: 'rejected' | 'expired' | 'superseded' | 'withdrawn',
  reason: string,
  by?: string,
): IncidentView =>
  view({
    entries: entries([
      ...seen,
      [31_000, { kind: 'proposed', proposal: proposal() }],
      [60_000, { kind: 'proposal-ended', proposal: proposal().id, as, reason, ...(by !== undefined && { by }) }],
    ]),
    plans: [kept('proposed', proposal().verdict)],
  })
