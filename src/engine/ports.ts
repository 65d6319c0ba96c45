import type { AimRule, Alerts, KnownAlert } from '../domain/alert.ts'
import type { RuleConfig } from '../config/config.ts'
import type { DiagnosisEngine } from '../diagnose/diagnose.ts'
import type { Remedy } from '../decide/remedy.ts'
import type { Mode } from '../domain/entry.ts'
import type { FreezeWindow } from '../domain/freeze-window.ts'
import type { Hand } from '../domain/hand.ts'
import type { IntakeStatus, SourceStatus } from '../domain/operator.ts'
import type { Guard, Limits, Policy } from '../domain/policy.ts'
import type { AnyAction, RecordPort, Tools } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Ailment, Footing, HeartbeatStatus } from '../domain/self.ts'
import type { Unusual } from '../domain/series.ts'
import type { LogLine, Windows } from '../domain/signal.ts'
import type { Topology } from '../domain/topology.ts'
import type { LoudSeries } from '../domain/view.ts'
import type { Gate, World } from '../gate/gate.ts'
import type { Clock } from '../lib/clock.ts'
import type { NewId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'

/** What the operator configured, as the loop needs it; replaced whole on a reload. */
export type Settings = {
  /** Of the configuration text, so that the record says under which one a decision was made. */
  readonly digest: string
  readonly mode: Mode
  /** Whoever made a plan possible may not approve it. */
  readonly separateDuties?: boolean
  readonly policies: readonly Policy[]
  readonly limits: Limits
  /** Those with an error budget are watched. */
  readonly slos?: readonly Guard[]
  readonly never: readonly string[]
  readonly freezeWindows: readonly FreezeWindow[]
  readonly aliases: ReadonlyMap<string, string>
  /** Engines of diagnosis beside those of the ports: the operator's own rules. */
  readonly engines?: readonly DiagnosisEngine[]
  /** The rules that these engines go by, for the record. */
  readonly rules?: readonly RuleConfig[]
  /** From a received alert to its target, in order. */
  readonly alertTargets: readonly AimRule[]
}

/** The alerts that were received, each with its target or the reason why it has none. */
export type ReceivedAlerts = Alerts & { all(): readonly KnownAlert[] }

/** Everything the engine touches. The simulator gives it other ones. */
export type EnginePorts = {
  readonly version: string
  readonly record: RecordPort
  /** Why the record would refuse to begin anything now; absent where it finds out by trying. */
  readonly shortage?: () => Promise<string | undefined>
  readonly clock: Clock
  readonly newId: NewId
  readonly log: Log
  /** What was seen before a clock jumped is stamped in a time that is no more: `forget` drops it. */
  readonly windows: Windows & { forget(): void }
  /** What was received; absent where nothing is. */
  readonly alerts?: ReceivedAlerts
  /** The newest error lines of a target's log, where logs are followed. */
  readonly logs?: (target: ResourceRef) => readonly LogLine[]
  /** What detectors hold to be out of the ordinary now; absent where none is asked. */
  readonly unusual?: () => readonly Unusual[]
  /** What is known to exist now. */
  readonly topology: () => Topology
  /** Since when a target is known, where that was later than the start: what is new is not blind yet. */
  readonly knownSince?: () => ReadonlyMap<ResourceRef, number>
  /** How long a target may be unseen before that is a finding, in milliseconds. */
  readonly graceMs?: number
  readonly tools: (target: ResourceRef) => Partial<Tools>
  readonly killSwitch: () => World['killSwitch']
  readonly sources: () => readonly SourceStatus[]
  /** What is kept of all that comes in; absent where nothing is pushed. */
  readonly intake?: () => IntakeStatus
  /** Which of the series that come in look odd now; absent where nobody asks. */
  readonly loud?: () => readonly LoudSeries[]
  /** Who else is at these targets, or at any where none are named; absent where nobody looks. */
  readonly hands?: (near?: ReadonlySet<ResourceRef>) => readonly Hand[]
  /** What this process stands on; absent where that is nothing it could touch. */
  readonly footing?: () => readonly Footing[]
  /** What is wrong with this process; absent where nobody looks. */
  readonly ailments?: () => readonly Ailment[]
  /** How the beat goes that somebody outside waits for; absent where none is configured. */
  readonly heartbeat?: () => HeartbeatStatus
  /** Why the record may not be the newest there is: a start on it is frozen. */
  readonly doubt?: string
  readonly settings: Settings
  /** Reads the configuration again; throws UsageError when it is bad. */
  readonly reload: () => Promise<Settings>
  readonly gates: readonly Gate[]
  readonly actions: readonly AnyAction[]
  readonly remedies: readonly Remedy[]
  readonly engines: readonly DiagnosisEngine[]
  /** Takes out of a text what opens something, as the record does. */
  readonly conceal?: (text: string) => string
  /** How often a run looks at a condition again, and how long the loop sleeps when nothing wakes it. */
  readonly pollMs: number
}
