import type { Severity } from './finding.ts'
import type { ResourceRef } from './resource.ts'
import type { Labels, Matcher } from './signal.ts'

/**
 * An alert received from outside, in Prometheus terms. Text from outside is data: never a selector, never markup.
 * Times are epoch milliseconds.
 */
export type Alert = {
  /** Of its labels; the same for ever. Together with `status` and `startsAt` it makes a delivery idempotent. */
  readonly fingerprint: string
  readonly status: 'firing' | 'resolved'
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: number
  /** When it ended, or when it ends unless it is sent again; absent while it fires without an end. */
  readonly endsAt?: number
  readonly generatorUrl?: string
  /** Who handed it in, such as `alertmanager`. */
  readonly source: string
  readonly receivedAt: number
}

/** What became of an alert: the target it names, or why it names none. No target, no action. */
export type AlertTarget =
  | { readonly kind: 'mapped'; readonly target: ResourceRef; readonly rule: number }
  | { readonly kind: 'unmapped'; readonly reason: string }

/** From an alert's labels to a target; of several rules the first that matches is the one. */
export type AimRule = {
  /** All must pass; there is at least one. */
  readonly match: readonly Matcher[]
  /** One target, or one by labels: `k8s:{namespace}/pod/{pod}`. Which connector is never a label's to say. */
  readonly target: string
  /** Goes up from the target: to its nearest durable owner, or to the service that it is part of. */
  readonly lift?: 'workload' | 'service'
  /**
   * Labels that name the namespace an alert speaks for. The first that it has is the one, and it may aim at nothing
   * outside.
   */
  readonly trustLabels: readonly string[]
}

/** An alert with what became of it. */
export type KnownAlert = Alert & { readonly severity: Severity; readonly aim: AlertTarget }

/** The alerts that were received: what conditions such as `alert{alertname="HighErrors"}` read. */
export type Alerts = {
  /** Those aimed at the target: firing, or resolved within the last hour. */
  on(target: ResourceRef): readonly KnownAlert[]
  /** The targets of all alerts, or of those of one name; some may stand twice, and on some no alert may be left. */
  targets(alertname?: string): Iterable<ResourceRef>
}

/** Whether it fires at a moment. One whose end has passed does not, whoever noticed. */
export function isFiring({ status, endsAt }: Pick<Alert, 'status' | 'endsAt'>, now: number): boolean {
  return status === 'firing' && (endsAt === undefined || endsAt > now)
}

/** An alert by its name, and by what tells it from others of that name. */
export function nameOfAlert({ labels, fingerprint }: Pick<Alert, 'labels' | 'fingerprint'>): string {
  return `alert ${labels['alertname'] ?? 'without a name'} (${fingerprint})`
}
