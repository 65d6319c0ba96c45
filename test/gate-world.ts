import type { Finding } from '../src/domain/finding.ts'
import type { Disturbance, SpentAttempt } from '../src/domain/ledger.ts'
import type { Plan, PlanStep, SignalState } from '../src/domain/plan.ts'
import type { Policy } from '../src/domain/policy.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import { topologyOf, type Topology, type TopologyNode } from '../src/domain/topology.ts'
import type { GateAnswer } from '../src/domain/verdict.ts'
import type { Gate, GateInput, World } from '../src/gate/gate.ts'
import type { Moment } from '../src/lib/clock.ts'

/** A shop of one service with three instances, a plan to restart one of them, and nothing against it. */
export const SHOP: ResourceRef = 'lab:shop/namespace/shop'
export const WEB: ResourceRef = 'lab:shop/service/web'
export const WEB_1: ResourceRef = 'lab:shop/instance/web-1'
export const WEB_2: ResourceRef = 'lab:shop/instance/web-2'
export const WEB_3: ResourceRef = 'lab:shop/instance/web-3'
export const API: ResourceRef = 'lab:shop/service/api'

const node = (ref: ResourceRef, partOf?: ResourceRef, durable = true): TopologyNode => ({
  ref,
  ...(partOf && { partOf }),
  dependsOn: [],
  durable,
  sharedFate: [],
})

export const TOPOLOGY: Topology = topologyOf([
  node(SHOP),
  node(WEB, SHOP),
  node(API, SHOP),
  node(WEB_1, WEB, false),
  node(WEB_2, WEB, false),
  node(WEB_3, WEB, false),
])

/** A moment so many milliseconds after the boot. */
export const at = (ms: number): Moment => ({ wallMs: 1_700_000_000_000 + ms, bootMs: ms, bootId: 'boot-a' })

export const signal = (state: SignalState['state'], more: Partial<SignalState> = {}): SignalState => ({
  signal: 'web-answers',
  target: WEB_1,
  state,
  at: 0,
  value: 0,
  ...more,
})

export const restart = (target: ResourceRef): PlanStep => ({
  name: `restart ${target}`,
  action: 'restart-instance',
  target,
  params: { target },
  reversibility: 'irreversible',
})

export const POLICY: Policy = {
  name: 'web-answers',
  condition: 'up == 0',
  target: 'lab:shop/instance/web-*',
  severity: 'high',
  ladder: ['restart-instance', 'restart-service', 'page'],
  autonomy: 'auto',
  allowIrreversible: ['restart-instance'],
  cooldownMs: 60_000,
  verify: { healthyForMs: 1000, withinMs: 5000, blindForMs: 2000, guards: [] },
}

export const PLAN: Plan = {
  id: 'plan-1',
  incident: 'inc-1',
  generation: 1,
  at: 0,
  policy: POLICY.name,
  remedy: 'restart-instance',
  target: WEB_1,
  owner: WEB,
  within: [WEB, SHOP],
  sharedFate: ['host-1'],
  steps: [restart(WEB_1)],
  cannotUndo: [],
  cooldownMs: POLICY.cooldownMs,
  verify: {
    ...POLICY.verify,
    expectations: [{ policy: POLICY.name, target: WEB_1, condition: POLICY.condition }],
    before: { at: 0, own: [signal('violated')], guards: [] },
  },
  rejected: [],
}

/** What the plan is made for. */
export const FINDING: Finding = {
  fingerprint: 'web-answers on web-1',
  policy: POLICY.name,
  target: WEB_1,
  state: 'violated',
  since: 0,
  severity: 'high',
  summary: 'it does not answer',
  evidence: [],
}

type Change = {
  readonly plan?: Partial<Plan>
  readonly ledger?: Partial<GateInput['ledger']>
  readonly world?: Partial<World>
  readonly ask?: Partial<Pick<GateInput, 'purpose' | 'step' | 'run' | 'now' | 'approval'>>
}

/** What every gate allows, but for what is changed. */
export function input({ plan, ledger, world, ask }: Change = {}): GateInput {
  return {
    plan: { ...PLAN, ...plan },
    purpose: 'start',
    now: at(10_000_000),
    ...ask,
    ledger: {
      locks: [],
      attempts: [],
      lastAttempt: 0,
      holds: [],
      latches: [],
      disturbances: [],
      lastDisturbance: 0,
      ...ledger,
    },
    world: {
      mode: 'live',
      topology: TOPOLOGY,
      policies: new Map([[POLICY.name, POLICY]]),
      limits: { perTarget: [{ attempts: 3, withinMs: 300_000, latches: false }], minHealthy: 2 },
      never: [],
      freezeWindows: [],
      hands: [],
      footing: [],
      ailments: [],
      causes: [],
      budgets: [],
      killSwitch: 'absent',
      pause: undefined,
      takenOver: undefined,
      found: [FINDING],
      measure: { at: 0, own: [signal('violated')], guards: [] },
      readiness: new Map([
        [WEB_1, false],
        [WEB_2, true],
        [WEB_3, true],
      ]),
      ...world,
    },
  }
}

export function answerOf(gate: Gate, change: Change = {}): GateAnswer['answer'] {
  return gate.ask(input(change)).answer
}

let charged = 0
/** Somebody else restarts an instance. */
export function disturbance(startMs: number, more: Partial<Disturbance> = {}): Disturbance {
  const id = `run-${(charged += 1)}/restart`
  const whose = { actor: 'repair', by: id.split('/')[0] ?? '', reason: 'restart-instance for inc-2' } as const
  const what = { target: WEB_2, owner: WEB, share: 1 / 3, instances: [WEB_2], lasting: false, shadow: false }
  return { id, ...whose, ...what, since: at(startMs), ...more }
}

let spent = 0
export function attempt(startMs: number, more: Partial<SpentAttempt> = {}): SpentAttempt {
  return {
    id: (spent += 1),
    owner: WEB,
    run: `run-${spent}`,
    at: at(startMs),
    endedAt: at(startMs),
    shadow: false,
    ...more,
  }
}
