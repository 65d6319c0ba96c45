import type { ResourceRef } from './resource.ts'

/** Somebody else is at a target, or was lately: Kintsugi keeps its hands off it. Times are epoch milliseconds. */
export type Hand = {
  readonly kind: 'silence' | 'acknowledged' | 'change' | 'rollout'
  /** What it is about; its parts and its owners are meant too. */
  readonly target: ResourceRef
  /** The person or program, as far as it is known. */
  readonly who: string
  /** What they do or said: the comment of a silence, what was changed. */
  readonly what: string
  readonly since: number
  /** Absent: until it is seen to be over. */
  readonly until?: number
}
