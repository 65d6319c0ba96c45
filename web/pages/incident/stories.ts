import type { Entry, EntryBody } from '../../../src/domain/entry.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import type { Incident } from '../../../src/domain/incident.ts'
import type { Measure, Plan, SignalState } from '../../../src/domain/plan.ts'
import type { Proposal } from '../../../src/domain/proposal.ts'
import type { Outcome, RunEvent } from '../../../src/domain/run.ts'
import type { GateAnswer, Verdict } from '../../../src/domain/verdict.ts'
import type { Chart, IncidentView, Moment, PlanView, StepView } from '../../../src/domain/view.ts'

/** One incident in every state it can be in, by value: for tests, and to look at the page without a server. */

export const OPENED = Date.UTC(2026, 10, 21, 14, 2, 40)
const CHECKOUT = 'shop:prod/service/checkout'
const DATABASE = 'shop:prod/database/db-1'
const GATEWAY = 'shop:prod/service/gateway'
const APPLIED = OPENED + 32_000
const WELL = OPENED + 40_000
const RUN = 'run-01m7zc5ah3-g7q2e4n6'
const STEP = `reset-pool ${DATABASE}`

const signal = (state: SignalState['state'], value: number | null): SignalState => ({
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

const finding = (over: Partial<Finding> = {}): Finding => ({
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
const ALLOW: Verdict = { answer: 'allow', answers: ALLOWING }

const verdict = (...against: GateAnswer[]): Verdict => ({
  answer: against.some(({ answer }) => answer === 'deny') ? 'deny' : 'hold',
  answers: [...ALLOWING.filter(({ gate }) => !against.some((one) => one.gate === gate)), ...against],
})

const COOLDOWN: GateAnswer = {
  gate: 'cooldown',
  answer: 'hold',
  reason: `the last attempt on ${CHECKOUT} was 21s ago`,
  value: '21s',
  limit: '1m',
  unlocks: 'in 39s',
}
const NEVER: GateAnswer = {
  gate: 'never',
  answer: 'deny',
  reason: `${DATABASE} is on the \`never\` list`,
  unlocks: 'never',
}
const SHADOW: GateAnswer = { gate: 'shadow', answer: 'deny', reason: 'shadow: it would have run, and writes nothing' }

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

const entries = (lines: readonly Line[]): Entry[] =>
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

const DIAGNOSIS: NonNullable<Incident['diagnosis']> = {
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

const seen: readonly Line[] = [
  [0, { kind: 'incident-opened', owner: CHECKOUT, severity: 'critical', findings: [finding()] }],
  [200, { kind: 'diagnosed', diagnosis: DIAGNOSIS }],
]
const started = (name: string, effect = false): RunEvent => ({
  kind: 'step-started',
  step: `${STEP}/${name}`,
  effect,
  ...(effect && { verdict: ALLOW, measure: measure('violated', 0.19) }),
})
const succeeded = (name: string): RunEvent => ({ kind: 'step-succeeded', step: `${STEP}/${name}`, result: null })
const settling: RunEvent = { kind: 'step-started', step: 'settle/result', effect: false }

const begun: readonly Line[] = [
  ...seen,
  [30_500, { kind: 'run-started', plan: plan(), version: '0.1.0', epoch: 1 }, RUN],
  [30_600, started('capture'), RUN],
  [30_700, succeeded('capture'), RUN],
  [31_000, started('apply', true), RUN],
]
const applied: readonly Line[] = [
  ...begun,
  [32_000, succeeded('apply'), RUN],
  [32_100, started('verify'), RUN],
  [32_900, succeeded('verify'), RUN],
  [33_000, settling, RUN],
]
const ended = (outcome: Outcome, reason: string, leftOpen: readonly string[] = []): Line => [
  41_000,
  { kind: 'run-ended', outcome, reason, leftOpen },
  RUN,
]

const step = (over: Partial<StepView> = {}): StepView => ({
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
const planned = step({ status: 'planned' })
const { appliedAt: _applied, ...notApplied } = planned

const shown = (over: Partial<PlanView> = {}): PlanView => ({
  plan: plan(),
  at: OPENED + 30_000,
  became: 'run',
  verdict: ALLOW,
  run: RUN,
  startedAt: OPENED + 30_500,
  steps: [step()],
  ...over,
})
const ran = (outcome: Outcome, reason: string, status: StepView['status'] = 'applied'): PlanView =>
  shown({ outcome, reason, endedAt: OPENED + 41_000, steps: [step({ status })] })
const kept = (became: PlanView['became'], verdict: Verdict): PlanView => {
  const { run: _run, startedAt: _startedAt, ...rest } = shown({ became, verdict, steps: [notApplied] })
  return rest
}

const charted = (isMended: boolean, blind: readonly [number, number] = [0, 0]): Chart => ({
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

const incident = (over: Partial<Incident> = {}): Incident => ({
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
const attempt = (outcome?: Outcome): Pick<Incident, 'attempts'> => ({
  attempts: [{ run: RUN, plan: plan().id, remedy: 'reset-pool', target: DATABASE, ...(outcome && { outcome }) }],
})
const wellNow: Partial<Incident> = { findings: [], quiet: { since: WELL, findings: [finding()] } }
const closed = (endedBy: NonNullable<Incident['endedBy']>): Partial<Incident> => ({
  ...wellNow,
  status: 'resolved',
  closedAt: OPENED + 42_000,
  endedBy,
})

const view = (over: Partial<IncidentView> = {}): IncidentView => ({
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

const runOver = (outcome: Outcome, reason: string, leftOpen: readonly string[] = []): IncidentView =>
  view({
    incident: incident({ status: leftOpen.length > 0 ? 'escalated' : 'open', ...attempt(outcome) }),
    entries: entries([...applied, ended(outcome, reason, leftOpen)]),
    plans: [ran(outcome, reason, outcome === 'rolled-back' ? 'undone' : 'applied')],
    moments: moments(APPLIED_AT, { at: OPENED + 41_000, what: 'ended' }),
  })

const over = (endedBy: NonNullable<Incident['endedBy']>, more: Partial<IncidentView> = {}): IncidentView =>
  view({
    incident: incident(closed(endedBy)),
    entries: entries([...seen, [42_000, { kind: 'incident-closed', endedBy }]]),
    charts: [charted(true)],
    moments: moments({ at: OPENED + 42_000, what: 'closed' }),
    ...more,
  })

const WELL_REASON = 'every signal of the incident and every guard is healthy'
const healed = over('kintsugi', {
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

const running = (lines: readonly Line[], status: StepView['status'], more: Partial<Incident> = {}): IncidentView =>
  view({
    incident: incident({ status: 'healing', ...attempt(), ...more }),
    entries: entries(lines),
    plans: [shown({ became: 'running', steps: [status === 'planned' ? notApplied : step({ status })] })],
    moments: status === 'applied' ? moments(APPLIED_AT) : moments(),
  })
const takenOver = { by: 'ana', reason: 'I know this one', at: OPENED + 35_000 }

const refusedAs = (
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

/** Every state, by name. */
export const STORIES = {
  new: view({ incident: without(incident({ status: 'open' })), entries: entries(seen.slice(0, 1)) }),
  diagnosed: view(),
  waiting: view({
    incident: incident({ proposal: proposal(), waitingFor: ['approval: risk 0.3 times blast 0.25 is more than 0.05'] }),
    proposal: proposal(),
    entries: entries([...seen, [31_000, { kind: 'proposed', proposal: proposal() }]]),
    plans: [kept('proposed', proposal().verdict)],
  }),
  rejected: refusedAs('rejected', 'it is month end, not now', 'ana'),
  expired: refusedAs('expired', 'not answered within 15m'),
  superseded: refusedAs('superseded', 'the pool is no longer as it was when it was proposed'),
  withdrawn: refusedAs('withdrawn', 'every signal is well again'),
  held: view({
    entries: entries([...seen, [31_000, { kind: 'not-run', plan: plan(), verdict: verdict(COOLDOWN) }]]),
    plans: [kept('not-run', verdict(COOLDOWN))],
  }),
  denied: view({
    entries: entries([...seen, [31_000, { kind: 'not-run', plan: plan(), verdict: verdict(COOLDOWN, NEVER) }]]),
    plans: [kept('not-run', verdict(COOLDOWN, NEVER))],
  }),
  wouldRun: view({
    incident: incident({ wouldRun: plan() }),
    entries: entries([...seen, [31_000, { kind: 'would-run', plan: plan(), verdict: verdict(SHADOW) }]]),
    plans: [kept('would-run', verdict(SHADOW))],
  }),
  preparing: running(begun.slice(0, 4), 'planned'),
  applying: running(begun, 'under-way'),
  verifying: running(applied.slice(0, -2), 'applied'),
  settling: running(applied, 'applied'),
  undoing: running([...applied, [36_000, { kind: 'undo-started', step: STEP, verdict: ALLOW }, RUN]], 'applied', {
    status: 'healing',
  }),
  stopping: running(applied, 'applied', { takenOver }),
  ended: runOver('healed', WELL_REASON),
  helped: runOver('helped', 'checkout-slow is better and not yet well'),
  rolledBack: runOver('rolled-back', 'nothing got better within 1m'),
  spent: runOver('spent', 'nothing got better within 1m'),
  parked: runOver('parked', 'frozen by `pause --freeze`', [`reset-pool on ${DATABASE}: applied`]),
  stuck: runOver('stuck', `undo of ${STEP} failed: the database refused the connection`, [
    `reset-pool on ${DATABASE}: undo failed`,
  ]),
  abandoned: view({
    incident: incident({ status: 'open', ...attempt('abandoned') }),
    entries: entries([...begun.slice(0, 4), ended('abandoned', `${STEP}/capture: the database did not answer`)]),
    plans: [shown({ outcome: 'abandoned', endedAt: OPENED + 41_000, steps: [notApplied] })],
  }),
  called: view({
    incident: incident({ status: 'escalated', waitingFor: ['the ladder of checkout-slow has come to a person'] }),
    entries: entries([
      ...seen,
      [
        31_000,
        { kind: 'decided', choice: { kind: 'page', reason: 'the ladder of checkout-slow has come to a person' } },
      ],
    ]),
  }),
  nothing: view({
    entries: entries([
      ...seen,
      [31_000, { kind: 'decided', choice: { kind: 'none', reason: `no policy covers ${DATABASE}` } }],
    ]),
  }),
  released: view({
    entries: entries([...seen, [50_000, { kind: 'released', subject: RUN, by: 'ana', reason: 'looked at it' }]]),
  }),
  takenOver: view({
    incident: incident({ takenOver }),
    entries: entries([...seen, [35_000, { kind: 'taken-over', by: 'ana', reason: 'I know this one' }]]),
  }),
  blind: view({
    incident: incident({ findings: [finding({ state: 'blind', summary: `no fresh data of ${CHECKOUT}` })] }),
    charts: [charted(false, [5000, 90_000])],
  }),
  blindRun: running(applied, 'applied', { findings: [finding({ state: 'blind' })] }),
  quiet: view({ incident: incident({ ...wellNow, ...attempt('healed') }), plans: [ran('healed', WELL_REASON)] }),
  quietAlone: view({ incident: incident(wellNow) }),
  flapping: view({ incident: incident({ ...wellNow, flapping: { returns: 3, settled: 0 } }) }),
  healed,
  byItself: over('itself'),
  byItselfInShadow: over('itself', { incident: incident({ ...closed('itself'), wouldRun: plan() }) }),
  byItselfAfterRun: over('itself', {
    incident: incident({ ...closed('itself'), ...attempt('rolled-back') }),
    plans: [ran('rolled-back', 'nothing got better within 1m', 'undone')],
  }),
  unknown: over('unknown'),
  takenOverAndEnded: over('unknown', { incident: incident({ ...closed('unknown'), takenOver }) }),
  unlikely: view({
    incident: incident({
      diagnosis: {
        blastRadius: [],
        hypotheses: [{ ...(DIAGNOSIS.hypotheses[1] ?? never()), cause: 'hot <b>spot</b>', confidence: 0.3 }],
      },
    }),
  }),
  pruned: view({
    incident: incident({ waitingFor: ['cooldown: the last attempt was 21s ago'] }),
    entries: entries(seen).map(({ body: _body, ...entry }) => entry),
  }),
} as const satisfies Readonly<Record<string, IncidentView>>

function without({ diagnosis: _diagnosis, ...rest }: Incident): Incident {
  return rest
}

function never(): never {
  throw new Error('the diagnosis of the stories has two hypotheses')
}

const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)>'
const ANSI = '\u001b[31mred\u001b[0m\u0007'
const TURNED = '\u202eredro desrever\u202c \u2066isolate'
const LONG = 'x'.repeat(10_000)
const NASTY = `${SCRIPT} ${ANSI} ${TURNED} 👩‍🚒🔥 "quotes" [link](javascript:alert(1)) @everyone`

/** An incident in which every text from outside means harm, or is far too long. */
export const HOSTILE: IncidentView = view({
  incident: incident({
    findings: [finding({ summary: NASTY, policy: NASTY })],
    waitingFor: [`${NASTY}${LONG}`],
    takenOver: { by: NASTY, reason: `${NASTY}${LONG}`, at: OPENED + 35_000 },
    diagnosis: {
      blastRadius: [`shop:prod/service/${'y'.repeat(300)}`],
      hypotheses: [
        {
          cause: `${NASTY}`,
          target: DATABASE,
          confidence: 0.5,
          summary: LONG,
          for: [{ signal: NASTY, value: 1e300, limit: -0, at: OPENED, text: `${NASTY}${LONG}` }],
          against: [{ signal: LONG, value: null, at: OPENED }],
          recommendation: NASTY,
          affected: [],
        },
      ],
    },
  }),
  entries: entries([
    [0, { kind: 'incident-opened', owner: CHECKOUT, severity: 'critical', findings: [finding({ summary: NASTY })] }],
    [35_000, { kind: 'taken-over', by: NASTY, reason: LONG }],
    [36_000, { kind: 'marked-wrong', subject: NASTY, by: NASTY, reason: NASTY }],
  ]),
  plans: [
    kept(
      'not-run',
      verdict({ gate: NASTY, answer: 'hold', reason: LONG, value: LONG, limit: NASTY, unlocks: `${NASTY} ${LONG}` }),
    ),
    shown({
      plan: plan({ remedy: NASTY, policy: LONG, cannotUndo: [NASTY], rejected: [{ remedy: LONG, reason: NASTY }] }),
      outcome: 'stuck',
      reason: LONG,
      steps: [
        step({
          name: NASTY,
          action: NASTY,
          diff: [{ name: LONG, from: NASTY, to: { deep: [NASTY, LONG] } }],
          byHand: [`echo "${NASTY}"\nrm -rf /`],
          undo: { state: 'impossible', reason: NASTY, byHand: [LONG] },
        }),
      ],
    }),
  ],
  charts: [{ signal: NASTY, target: GATEWAY, expression: LONG, limit: 1e-300, points: [[OPENED, 1e300]] }],
  changes: [{ at: OPENED - 1000, what: 'configuration', by: NASTY, text: `${NASTY} ${LONG}` }],
})
