import type { Settings } from '../../src/engine/ports.ts'
import type { FreezeWindow, When } from '../../src/domain/freeze-window.ts'
import type { MaintenanceWindow } from '../../src/domain/maintenance-window.ts'
import type { ApprovalRule, AttemptLimit, Autonomy, ErrorBudget, Guard, Policy } from '../../src/domain/policy.ts'
import { HANDS_OFF } from '../../src/domain/hand.ts'
import type { Random } from './random.ts'
import type { Footing } from '../../src/domain/self.ts'
import { FEW, GATEWAY } from './shop.ts'

const LADDERS: readonly (readonly string[])[] = [
  ['lighten', 'restart-instance', 'restart-service', 'page'],
  ['restart-instance', 'restart-service', 'page'],
  ['shift', 'lighten', 'restart-instance', 'page'],
  ['lighten', 'cycle', 'page'],
  ['flush', 'lighten', 'restart-instance', 'page'],
  ['flush', 'cycle'],
  ['lighten', 'shift', 'flush'],
  ['cycle', 'lighten', 'restart-instance', 'page'],
]

/** Each of its first rungs does the same on every part that is sick. */
const FOR_MANY: readonly (readonly string[])[] = [
  ['restart-instance', 'restart-service', 'page'],
  ['lighten', 'restart-instance', 'restart-service', 'page'],
  ['cycle', 'restart-service', 'page'],
  ['flush', 'restart-instance', 'page'],
]
const UNASKED: ApprovalRule = { above: 1, severities: [], withinMs: 6000 }

const LIMITS: readonly (readonly AttemptLimit[])[] = [
  [limit(2, 40, false), limit(3, 120, true), limit(5, 600, true)],
  [limit(3, 60, false), limit(4, 240, true)],
  [limit(6, 60, false), limit(12, 600, true)],
]

function limit(attempts: number, withinS: number, latches: boolean): AttemptLimit {
  return { attempts, withinMs: withinS * 1000, latches }
}

const USERS: Guard = { name: 'users', target: GATEWAY, expr: 'failed_share', max: 0.1 }

/** Half a minute within a minute: what a run may touch while it is watched is a good part of it. */
const BUDGET: ErrorBudget = { objective: 0.5, windowMs: 60_000, spent: 'budget_spent', keep: 0.1 }

/** What a seed's operator wrote down, and changes meanwhile. */
export type Config = {
  readonly mode: Settings['mode']
  readonly autonomy: Autonomy
  readonly allowIrreversible: readonly string[]
  readonly never: readonly string[]
  readonly freezeWindows: readonly FreezeWindow[]
  /** The only windows in which policies may act. */
  readonly windows?: readonly MaintenanceWindow[]
}

export const PLAIN: Config = {
  mode: 'live',
  autonomy: 'auto',
  allowIrreversible: ['restart-instance', 'flush-cache'],
  never: [],
  freezeWindows: [],
}

/** A change of mind: back to plain about as often as not. */
export function anotherConfig(random: Random): Config {
  const change = random.weighted({
    plain: 6,
    shadow: 3,
    careful: 2,
    reversible: 2,
    never: 2,
    window: 2,
    maintenance: 2,
  })
  switch (change) {
    case 'plain':
      return PLAIN
    case 'shadow':
      return { ...PLAIN, mode: 'shadow' }
    case 'careful':
      return { ...PLAIN, autonomy: random.pick(['observe', 'suggest', 'approve'] as const) }
    case 'reversible':
      return { ...PLAIN, allowIrreversible: random.pick([[], ['restart-instance'], ['flush-cache']]) }
    case 'never':
      return { ...PLAIN, never: [random.pick(['sim:shop/instance/web-*', 'sim:shop/service/api', 'sim:shop/**'])] }
    case 'window':
      return { ...PLAIN, freezeWindows: [alwaysOpen(random)] }
    case 'maintenance':
      return { ...PLAIN, windows: [{ name: 'night', when: random.pick([NEVER_AGAIN, ALWAYS]) }] }
  }
}

const ALWAYS: When = { since: 0, until: Date.UTC(9999, 0) }
export const NEVER_AGAIN: When = { since: 0, until: 1 }

/** When windows open and end is for their own tests: the clock of the simulator jumps. */
function alwaysOpen(random: Random): FreezeWindow {
  const targets = random.pick([undefined, ['sim:shop/instance/web-*'], ['sim:shop/service/api', 'sim:shop/service/db']])
  return {
    name: 'always',
    reason: 'sim',
    when: ALWAYS,
    ...(targets && { targets }),
    allow: random.pick([[], ['api-down']]),
  }
}

/** Some operators run their healer on what it heals. */
export function footingOf(random: Random): readonly Footing[] {
  if (random.chance(0.8)) return []
  return [{ target: random.pick(FEW), what: 'this very process' }]
}

/** Whether a policy that acts by itself asks a person: never, where much is at stake, or always. */
function approvalOf(random: Random): ApprovalRule {
  const withinMs = random.pick([2500, 6000, 60_000])
  const rules = {
    never: { above: 1, severities: [] },
    risky: { above: 0.3, severities: [] },
    always: { above: 1, severities: ['critical' as const] },
  }
  const rule = rules[random.weighted({ never: 2, risky: 1, always: 3 })]
  return { ...rule, withinMs, ...(random.chance(0.65) && { approvers: 2 as const }) }
}

/** What binds a seed's repairs. Each limit in some seeds only: where all hold at once, nothing else ever happens. */
function limitsOf(random: Random) {
  const some = <T>(list: readonly T[]): T | undefined => (random.chance(0.3) ? random.pick(list) : undefined)
  const perService = some([
    { atOnce: 1, share: 0.25 },
    { atOnce: 2, share: 0.7 },
  ])
  const global = some([
    { atOnce: 1, effectsPerHour: 30 },
    { atOnce: 3, effectsPerHour: 8 },
  ])
  const storm = some([{ causes: 2, withinMs: 30_000 }])
  return {
    perTarget: random.pick(LIMITS),
    minHealthy: random.pick([0, 1, 1]),
    ...(perService && { perService }),
    ...(global && { global }),
    ...(storm && { storm }),
    handsOff: { ...HANDS_OFF, afterHumanChangeMs: 60_000 },
  }
}

/** Where people leave it alone, what breaks out is mended again and again. */
const FEW_LIMITS = { perTarget: [limit(6, 60, false)], minHealthy: 1, handsOff: HANDS_OFF }

/** Gives the settings of one seed's policies under any of its configurations. */
export function settingsMaker(random: Random, isLeftAlone: boolean): (config: Config) => Settings {
  const limits = isLeftAlone ? FEW_LIMITS : limitsOf(random)
  const slos = !isLeftAlone && random.chance(0.5) ? [{ ...USERS, budget: BUDGET }] : []
  const cooldownMs = isLeftAlone ? 0 : random.pick([0, 5000, 20_000])
  const backoff = random.pick([undefined, { factor: 2, maxMs: 60_000 }, { factor: 3, maxMs: 120_000 }])
  const verify = {
    healthyForMs: random.pick([2000, 4000]),
    withinMs: random.pick([8000, 15_000]),
    blindForMs: random.pick([6000, 20_000]),
    guards: [USERS],
  }
  const ladders = ['web', 'api', 'db', 'mail'].map((service) => ({
    service,
    ladder: random.pick(LADDERS),
    approval: approvalOf(random),
  }))
  // Many at once are seldom enough without people who have to say yes first.
  const batch = { service: 'batch', ladder: random.fork('batch').pick(FOR_MANY), approval: UNASKED }
  const policies = [...ladders, batch].map(({ service, ladder, approval }): Policy => ({
    name: `${service}-down`,
    condition: 'up == 0 for 3 samples',
    target: `sim:shop/instance/${service}-*`,
    severity: 'critical',
    ladder,
    autonomy: 'auto',
    approval,
    allowIrreversible: [],
    cooldownMs,
    ...(backoff && { backoff }),
    verify,
  }))
  return ({ mode, autonomy, allowIrreversible, never, freezeWindows, windows }) => ({
    digest: JSON.stringify({ mode, autonomy, allowIrreversible, never, freezeWindows, windows }),
    mode,
    policies: policies.map((policy) => ({ ...policy, autonomy, allowIrreversible, ...(windows && { windows }) })),
    limits,
    slos,
    never,
    freezeWindows,
    aliases: new Map(),
    alertTargets: [],
  })
}
