import type { Severity } from './finding.ts'
import type { ResourceRef } from './resource.ts'
import type { Labels } from './signal.ts'

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

/** An alert with what became of it. */
export type KnownAlert = Alert & { readonly severity: Severity; readonly aim: AlertTarget }

/** The alerts that were received: what conditions such as `alert{alertname="HighErrors"}` read. */
export type Alerts = {
  /** Those aimed at the target: firing, or resolved within the last hour. */
  on(target: ResourceRef): readonly KnownAlert[]
}
