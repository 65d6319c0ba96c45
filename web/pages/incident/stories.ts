import type { Incident } from '../../../src/domain/incident.ts'
import type { IncidentView } from '../../../src/domain/view.ts'
import {
  ALLOW,
  CHECKOUT,
  COOLDOWN,
  DATABASE,
  DIAGNOSIS,
  NEVER,
  OPENED,
  RUN,
  SHADOW,
  STEP,
  WELL_REASON,
  applied,
  attempt,
  begun,
  charted,
  closed,
  comparing,
  ended,
  entries,
  finding,
  healed,
  incident,
  kept,
  notApplied,
  over,
  plan,
  proposal,
  ran,
  refusedAs,
  runOver,
  running,
  seen,
  shown,
  takenOver,
  verdict,
  view,
  wellNow,
} from './story-parts.ts'

/** One incident in every state it can be in, by name. */
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
  comparing: running([...applied.slice(0, -1), [33_000, comparing, RUN]], 'applied'),
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
  ahead: view({
    incident: without(
      incident({ status: 'open', findings: [finding({ lead: 'forecast', dueAt: OPENED + 14_240_000 })] }),
    ),
    entries: entries(seen.slice(0, 1)),
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
