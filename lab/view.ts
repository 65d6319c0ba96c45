import type { ResourceRef } from '../src/domain/resource.ts'

/** What the lab's control server says of itself, and what its page in the console shows. Times are epoch milliseconds. */
export type LabView = {
  readonly at: number
  readonly faults: readonly FaultView[]
  readonly users: UsersView
}

/** One thing that can be broken. */
export type FaultView = {
  readonly name: string
  /** What it breaks, in plain words. */
  readonly breaks: string
  /** What should come of it: Kintsugi heals it, or holds and calls a person. */
  readonly expected: 'healed' | 'held'
  /** Remedies that heal it. */
  readonly heals: readonly string[]
  /** Whoever else does nothing: after so long the lab takes it back. */
  readonly limitMs: number
  /** The newest time it was injected. */
  readonly injected?: Injection
}

export type Injection = {
  readonly at: number
  readonly target: ResourceRef
  readonly service: ResourceRef
  /** Whether the harm is there now, seen without Kintsugi. */
  readonly present: boolean
  /** Since when it is seen to be gone. */
  readonly goneAt?: number
  /** When the lab takes it back by itself. */
  readonly until: number
  /** When the lab took it back, by hand or at its time limit. */
  readonly undoneAt?: number
}

/** What the users of the shop meet. */
export type UsersView = {
  /** Over the newest five whole seconds; null where nobody came. */
  readonly now: Felt | null
  /** Whoever waits longer than this counts as not served. */
  readonly servedWithinMs: number
  /** The newest two minutes, second by second, oldest first. */
  readonly seconds: readonly Second[]
}

/** `failedShare`: from 0 to 1, of those who were not served well and in time. */
export type Felt = {
  readonly perSecond: number
  readonly failedShare: number
  readonly medianMs: number
  readonly p95Ms: number
}

/** One second, by the end of each request. `at` is its beginning. */
export type Second = {
  readonly at: number
  readonly requests: number
  readonly failed: number
  readonly p95Ms: number | null
}
