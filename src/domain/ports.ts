import type { Moment } from '../lib/clock.ts'
import type { Json } from '../lib/json.ts'
import type { Action } from './action.ts'
import type { KnownAlert } from './alert.ts'
import type { Entry, EntryKind, NewEntry } from './entry.ts'
import type { SeenHand } from './hand.ts'
import type { Ledger, RunRow, SpentAttempt, Write } from './ledger.ts'
import type { ResourceRef } from './resource.ts'
import type { Observation } from './signal.ts'
import type { TopologyNode } from './topology.ts'
import type { ProposalView } from './view.ts'

/** One transaction on the record: entries and the table changes they explain, all or nothing. */
export type Commit = {
  readonly at: Moment
  readonly entries: readonly NewEntry[]
  readonly writes?: readonly Write[]
  /**
   * May use the reserve: the end of what is already under way. On a full disk only these are still accepted, so that no
   * new effect starts and every run can say how it ended.
   */
  readonly closing?: boolean
}

export type EntryQuery = {
  readonly after?: number
  readonly limit?: number
  readonly kinds?: readonly EntryKind[]
  readonly incident?: string
  readonly run?: string
  /** Newest first instead of oldest first. */
  readonly newestFirst?: boolean
  /** Only entries with a smaller number. */
  readonly before?: number
  /** `false`: bodies are left out, as if pruned: for who wants to know only what there is. */
  readonly bodies?: false
  /** `true`: what is asked for is common, or all of it is read: page after page, the record is walked. */
  readonly walks?: true
}

/** `after` names the last item of the page before. */
export type ListQuery = { readonly limit?: number; readonly after?: string }

export type ProposalQuery = ListQuery & {
  readonly state?: 'open' | 'all'
  readonly proposal?: string
  readonly incident?: string
}

/** One entry that holds the newest word on some alert; it may hold older words on others. */
export type KeptAlerts = { readonly seq: number; readonly alerts: readonly KnownAlert[] }

/** What reads the record. Every answer holds all that was acknowledged before the question. */
export type RecordReader = {
  entries(query: EntryQuery): Promise<readonly Entry[]>
  /** The ledger as gates need it; attempts are those of `owner`, locks those on `resources`: on anything where none are named. */
  ledger(owner: ResourceRef, resources?: readonly string[]): Promise<Ledger>
  /** Attempts that count, on any owner, newest first. */
  attempts(query: { readonly limit: number }): Promise<readonly SpentAttempt[]>
  openRuns(): Promise<readonly RunRow[]>
  /** Newest first. */
  runs(query: ListQuery & { readonly incident?: string }): Promise<readonly RunRow[]>
  openIncidents(): Promise<readonly string[]>
  /** Newest first; of any state where none is named. */
  incidents(query: ListQuery & { readonly state?: 'open' | 'closed' }): Promise<readonly string[]>
  /** Newest first; what retention has pruned is left out. */
  proposals(query: ProposalQuery): Promise<readonly ProposalView[]>
  /** What was received and still counts, oldest first: later words on a fingerprint take the place of earlier ones. */
  alerts(): Promise<readonly KeptAlerts[]>
}

/** The record. Acknowledged means durable. */
export type RecordPort = RecordReader & {
  /** The number of this ownership; every write is fenced by it. */
  readonly epoch: number
  /**
   * Appends durably; answers the sequence number of the first entry. Throws ConflictError when a write's expectation
   * does not hold (nothing was written), RecordUnwritableError when the record cannot be written.
   */
  commit(commit: Commit): Promise<number>
  close(): Promise<void>
}

/** What a connector knows of one process or replica. */
export type InstanceState = {
  /** Changes exactly when the thing behind the name is a new one (boot id, pid, start time; a pod's uid). */
  readonly identity: string
  readonly running: boolean
  /** It says of itself that it can serve. */
  readonly ready: boolean
  /** Epoch milliseconds; of the last one, where none is running. */
  readonly startedAtMs: number
}

/** Capability: single instances of a service. */
export type Instances = {
  /** Throws BlindError when whoever knows the instance does not answer. */
  read(target: ResourceRef, abort: AbortSignal): Promise<InstanceState>
  /**
   * Ends the instance, if there is one, and starts a new one; returns once the new one has been started (not: is ready).
   * Throws ConflictError, and does nothing, when the identity is no longer `ifIdentity`. The same `key` again does
   * nothing more, whatever became of the instance since.
   */
  restart(
    target: ResourceRef,
    change: { readonly ifIdentity: string; readonly key: string },
    abort: AbortSignal,
  ): Promise<void>
  /** Commands with which a person restarts it without Kintsugi; throws where none is known. */
  byHand?(target: ResourceRef): Promise<readonly string[]>
}

/** A flat document of what may be changed on a target and taken back: a pool's weights, a service's replicas. */
export type Spec = {
  /** Changes with every change of a value, whoever made it. */
  readonly revision: string
  readonly values: Readonly<Record<string, Json>>
}

/** Capability shape: settings of a target that are set, and can be set back. */
export type Specs = {
  /** Throws BlindError when whoever keeps the document does not answer. */
  read(target: ResourceRef, abort: AbortSignal): Promise<Spec>
  /**
   * Sets the named values and leaves the others; null takes a value away. Throws ConflictError, and does nothing, when
   * the revision is no longer `ifRevision`, TerminalError on a name or value the target does not take. The same `key`
   * again does nothing more. With `holdMs` the target itself takes the change back after that time, unless somebody
   * has set the same names since; TerminalError where it cannot.
   */
  patch(
    target: ResourceRef,
    change: {
      readonly values: Spec['values']
      readonly ifRevision: string
      readonly key: string
      readonly holdMs?: number
    },
    abort: AbortSignal,
  ): Promise<void>
  /** Commands with which a person sets the values without Kintsugi; throws where none is known. */
  byHand?(
    target: ResourceRef,
    change: { readonly values: Spec['values']; readonly holdMs?: number },
  ): Promise<readonly string[]>
}

/** How often a thing was done on a target, and what is known about doing it: what people see before it is done. */
export type Doing = {
  /** Counts up with every time it was done, whoever asked. */
  readonly generation: number
  readonly facts: Readonly<Record<string, Json>>
}

/** Capability shape: something that is done at a moment and cannot be taken back, such as resetting a pool. */
export type Operations = {
  /** Throws BlindError when the target does not answer. */
  read(target: ResourceRef, abort: AbortSignal): Promise<Doing>
  /**
   * Does it; returns once it is done. Throws ConflictError, and does nothing, when the generation is no longer
   * `ifGeneration`; TerminalError on parameters the target does not take. The same `key` again does nothing more.
   */
  run(
    target: ResourceRef,
    change: { readonly params: Spec['values']; readonly ifGeneration: number; readonly key: string },
    abort: AbortSignal,
  ): Promise<void>
  /** Commands with which a person does it without Kintsugi; throws where none is known. */
  byHand?(target: ResourceRef, change: { readonly params: Spec['values'] }): Promise<readonly string[]>
}

/** The capabilities that actions may name; a connector has those it can offer. */
export type Tools = {
  readonly instances: Instances
  /** Of a service: `replicas`. */
  readonly workloads: Specs
  /** Of a balancer's pool: `weight.NAME`, `state.NAME` (up, drain), `rateLimitRps`, `concurrency`, `breaker` (closed, open). */
  readonly traffic: Specs
  /** Of an instance or service: its own configuration by key. */
  readonly configuration: Specs
  /** Warms what an instance keeps in memory. */
  readonly caches: Operations
  /** Drops and reopens the connections of an instance's pool. */
  readonly pools: Operations
  /** Removes files by rules that are declared for the target. */
  readonly disks: Operations
  /** Runs a command of the target's allow list. */
  readonly commands: Operations
}

export type Capability = keyof Tools

/** An action whose parameters and snapshot are as they came out of the record: it checks them against its schemas. */
export type AnyAction = Action<Json, Json, Partial<Tools>>

/** What a connector sees of the world at one moment. */
export type Discovery = {
  readonly nodes: readonly TopologyNode[]
  /** Where a target can be probed, as `host:port`. */
  readonly addresses: ReadonlyMap<ResourceRef, string>
}

/** One API of the outside world, under the operator's name for it. */
export type Connector = {
  readonly name: string
  readonly tools: Partial<Tools>
  /** Throws RetryableError when it cannot look; what was known before is then kept, and grows stale. */
  discover(abort: AbortSignal): Promise<Discovery>
  /** Raw observations of its own (such as `running`); what it cannot see it leaves out. */
  observe(abort: AbortSignal, now: number): Promise<Observation>
  /**
   * Who else is at its targets, or changed them within the day before `now`; absent where it cannot tell. What it cannot
   * see it leaves out.
   */
  hands?(abort: AbortSignal, now: number): Promise<readonly SeenHand[]>
  close(): Promise<void>
}
