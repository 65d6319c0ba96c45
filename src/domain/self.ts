import type { ResourceRef } from './resource.ts'

/** A target that Kintsugi itself stands on: it may not touch it, since it could not see or undo the harm. */
export type Footing = {
  readonly target: ResourceRef
  /** In words: "the node that this process runs on". */
  readonly what: string
}

/** Something that is wrong with Kintsugi itself, for which it begins nothing until it is over. */
export type Ailment = {
  readonly what: string
  /** Epoch milliseconds. */
  readonly since: number
  /** What would end it, in words. */
  readonly unlocks: string
}

/** The beat that somebody outside waits for: when it last arrived, and what keeps it from going out now. */
export type HeartbeatStatus = { readonly lastAt?: number; readonly problem?: string }

/** How Kintsugi itself is, and what it stands on. */
export type SelfStatus = {
  readonly ailments: readonly Ailment[]
  readonly footing: readonly Footing[]
  /** Absent where none is configured. */
  readonly heartbeat?: HeartbeatStatus
}
