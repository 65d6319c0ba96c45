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
