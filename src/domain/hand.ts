import type { ResourceRef } from './resource.ts'

/** Somebody else is at a target, or was lately: Kintsugi keeps its hands off it. Times are epoch milliseconds. */
export type Hand = {
  readonly kind: 'silence' | 'acknowledged' | 'change' | 'rollout'
  /** What it is about; its parts and its owners are meant too. Absent: it cannot be told, so that any target may be meant. */
  readonly target?: ResourceRef
  /** The person or program, as far as it is known. */
  readonly who: string
  /** What they do or said: the comment of a silence, what was changed. */
  readonly what: string
  readonly since: number
  /** Absent: until it is seen to be over. */
  readonly until?: number
  /** How it is ended before that, in words; absent: as all of its kind. */
  readonly ends?: string
}

/** A hand as a connector sees it. `key`: the order that a change was made under, which may have been Kintsugi's own. */
export type SeenHand = Hand & { readonly target: ResourceRef; readonly key?: string }

/** Which hands count, and for how long after it a change by a person does. */
export type HandsOff = {
  readonly afterHumanChangeMs: number
  readonly rolloutInProgress: boolean
  readonly silenced: boolean
  readonly acknowledged: boolean
}

/** Where nothing else is said, all of them do. */
export const HANDS_OFF: HandsOff = {
  afterHumanChangeMs: 30 * 60_000,
  rolloutInProgress: true,
  silenced: true,
  acknowledged: true,
}
