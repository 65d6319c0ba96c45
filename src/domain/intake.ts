import type { Alert } from './alert.ts'
import type { ResourceRef } from './resource.ts'
import type { Observation } from './signal.ts'
import type { TopologyNode } from './topology.ts'

/**
 * One thing that came in from outside, at the moment `at` (epoch milliseconds) at which it came in: what is recorded of
 * a live owner, and what is replayed.
 */
export type Intake =
  /** What a source saw in one round. */
  | { readonly kind: 'observed'; readonly at: number; readonly observation: Observation }
  | { readonly kind: 'alerts'; readonly at: number; readonly alerts: readonly Alert[] }
  /** All that is known to exist from now on. */
  | { readonly kind: 'targets'; readonly at: number; readonly nodes: readonly TopologyNode[] }
  /** Kintsugi itself began a repair: what ended after that did not end alone. */
  | {
      readonly kind: 'acted'
      readonly at: number
      readonly run: string
      readonly remedy: string
      readonly target: ResourceRef
      readonly owner: ResourceRef
    }
  /** Nothing is known of what came in from `from` until `to`, both epoch milliseconds. */
  | {
      readonly kind: 'missed'
      readonly at: number
      readonly from: number
      readonly to: number
      readonly what: string
      readonly why: string
    }
