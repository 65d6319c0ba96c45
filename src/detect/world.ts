import type { Alerts } from '../domain/alert.ts'
import type { Finding } from '../domain/finding.ts'
import type { Condition } from '../domain/condition/ast.ts'
import type { Judgement } from '../domain/condition/evaluate.ts'
import type { Policy } from '../domain/policy.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Unusual } from '../domain/series.ts'
import type { Windows } from '../domain/signal.ts'
import type { Topology } from '../domain/topology.ts'

/** What detectors look at: a value, read at one moment. */
export type World = {
  readonly policies: readonly Policy[]
  readonly topology: Topology
  readonly windows: Windows
  /** Epoch milliseconds. */
  readonly now: number
  /** When watching began, in epoch milliseconds: what is not yet seen then is young, not blind. */
  readonly startedAt: number
  /** When a target became known, where that was later than `startedAt`. */
  readonly knownSince?: ReadonlyMap<ResourceRef, number>
  /** How long a target may be unseen before that is a finding; at least three intervals of the slowest source. */
  readonly graceMs?: number
  /** Fingerprints of the findings that are open: they end by being seen healthy, never by not being seen. */
  readonly open: ReadonlySet<string>
  /** The targets of these findings; absent: they may be anywhere. */
  readonly openOn?: Iterable<ResourceRef>
  /** Values for names in conditions, such as `threshold`, by policy. */
  readonly params?: ReadonlyMap<string, Readonly<Record<string, number>>>
  /** Of scheduled findings that were seen to: the occurrence, by fingerprint, in epoch milliseconds. */
  readonly seenTo?: ReadonlyMap<string, number>
  readonly aliases?: ReadonlyMap<string, string>
  readonly alerts?: Alerts
  /** What statistical and learned detectors hold to be out of the ordinary now. */
  readonly unusual?: readonly Unusual[]
}

/** One policy judged on one target that it covers. */
export type Judged = {
  readonly policy: Policy
  readonly target: ResourceRef
  readonly fingerprint: string
  /** The policy's, as it was read. */
  readonly condition: Condition
  readonly judgement: Judgement
}

/** One way to find what is wrong; all policies are judged once, for all detectors. */
export type Detector = {
  readonly name: string
  detect(judged: readonly Judged[], world: World): readonly Finding[]
}
