import { z } from 'zod'
import { parseCondition } from '../domain/condition/parse.ts'
import type { Severity } from '../domain/finding.ts'
import type { Autonomy } from '../domain/policy.ts'
import type { Json } from '../lib/json.ts'
import { cooldown, type CooldownSection } from './cooldown.ts'
import {
  byName,
  duration,
  either,
  judged,
  label,
  promql,
  list,
  name,
  oneOf,
  period,
  quantity,
  section,
  share,
  some,
  text,
  whole,
} from './leaves.ts'

const SHORT_ACTIONS = [
  'restart',
  'scale_up',
  'scale_down',
  'rate_limit',
  'limit_concurrency',
  'warm_cache',
  'reset_pool',
  'clean_disk',
  'drain',
  'shift_traffic',
  'trip_breaker',
  'restore_config',
  'page',
] as const
export type ShortAction = (typeof SHORT_ACTIONS)[number]

/** One rung: the name of a remedy, and what the policy sets for it. */
export type RungSection = { name: string; settings?: Json }

/** A condition that is no text: an alert by its labels, or a PromQL expression that ends in a comparison. */
export type ConditionSection = { alert?: Record<string, string>; promql?: string; for?: number }

/** When a policy that acts by itself asks a person first, and how long it waits for an answer. */
export type ApprovalSection = { above?: number; severities?: Severity[]; within?: number; approvers?: number }

export type PolicySection = {
  name: string
  condition: string | ConditionSection
  for?: number
  threshold?: number
  target: string
  ladder?: RungSection[]
  /** Short for a ladder, with these settings. */
  action?: ShortAction
  scale_factor?: number
  max_replicas?: number
  min_replicas?: number
  limit_rps?: number
  max_concurrency?: number
  restart_count_limit?: number
  autonomy?: Autonomy
  allowIrreversible?: string[]
  cooldown?: CooldownSection
  /** Names of maintenance windows: it acts in these only. */
  in?: string[]
  severity?: Severity
  approval?: ApprovalSection
  /** Who alone may answer its proposals, and take its incidents over. */
  access?: { approve: string[] }
  verify?: { healthyFor?: number; within?: number; blindFor?: number; guard?: string[] }
}

const condition = either(
  judged('expected a condition', parseCondition),
  section({
    alert: byName(text('expected the value of a label'), 'expected values by label', label).exactOptional(),
    promql: promql.exactOptional(),
    for: period.exactOptional(),
  }),
)

/** A policy that is due by the calendar: `when` stands for the condition, and may be left out. */
export type MaintenanceSection = Omit<PolicySection, 'condition' | 'for'> & {
  schedule: string
  timeZone?: string
  jitter?: number
  window?: number
  missed?: 'run' | 'skip'
  when?: string
}

/** A name, or `{ NAME: settings }`; the settings are judged by the remedy itself. */
const rung: z.ZodType<RungSection> = z.union(
  [
    name.transform((it): RungSection => ({ name: it })),
    z
      .record(name, z.json())
      .refine((it) => Object.keys(it).length === 1)
      .transform((it): RungSection => {
        const [[only, settings]] = Object.entries(it) as [[string, Json]]
        return { name: only, settings }
      }),
  ],
  { error: 'expected the name of a remedy, or one with its settings such as "scale-up: { by: 2 }"' },
)

export const severity: z.ZodType<Severity> = oneOf(['critical', 'high', 'warning', 'info'])

export const approval: z.ZodType<ApprovalSection> = section({
  above: share.exactOptional(),
  severities: list(severity).exactOptional(),
  within: period.exactOptional(),
  approvers: whole(1, 2).exactOptional(),
})

/** A token's name, `local`, `user:NAME`, `group:NAME` or `role:ROLE`. */
const who = z
  .string({ error: 'expected a name' })
  .regex(/^(?:[A-Za-z0-9][A-Za-z0-9._-]*|user:.+|group:.+|role:(?:operator|approver|admin))$/, {
    error:
      'expected the name of a token, "local", "user:NAME", "group:NAME", or "role:" with operator, approver or admin',
  })

const common = {
  name,
  threshold: quantity.exactOptional(),
  target: text('expected a target'),
  ladder: some(rung).exactOptional(),
  action: oneOf(SHORT_ACTIONS).exactOptional(),
  scale_factor: quantity.exactOptional(),
  max_replicas: whole(1, 100_000).exactOptional(),
  min_replicas: whole(0, 100_000).exactOptional(),
  limit_rps: quantity.exactOptional(),
  max_concurrency: whole(1, 100_000).exactOptional(),
  restart_count_limit: whole(1, 100_000).exactOptional(),
  autonomy: oneOf(['observe', 'suggest', 'approve', 'auto']).exactOptional(),
  allowIrreversible: list(name).exactOptional(),
  cooldown: cooldown.exactOptional(),
  in: some(name).exactOptional(),
  severity: severity.exactOptional(),
  approval: approval.exactOptional(),
  access: section({ approve: list(who) }).exactOptional(),
  verify: section({
    healthyFor: period.exactOptional(),
    within: period.exactOptional(),
    blindFor: period.exactOptional(),
    guard: list(text()).exactOptional(),
  }).exactOptional(),
}

export const policy: z.ZodType<PolicySection> = section({ ...common, condition, for: period.exactOptional() })

export const maintenance: z.ZodType<MaintenanceSection> = section({
  ...common,
  schedule: text('expected a schedule such as "daily 03:00"'),
  timeZone: text('expected a time zone such as "Europe/Berlin"').exactOptional(),
  jitter: duration.exactOptional(),
  window: period.exactOptional(),
  missed: oneOf(['run', 'skip']).exactOptional(),
  when: judged('expected a condition', parseCondition).exactOptional(),
})
