import type { Call, RunView, Seen } from '../history.ts'
import type { Sim } from '../state.ts'

/** What a law may look at, and when. Laws judge from what was seen from outside; none asks the code that it judges. */
export type Watch = {
  readonly sim: Sim
  fail(problem: string): void
  /** An entry became durable, in the instant of it. */
  onEntry(listen: (entry: Seen) => void): void
  /** A write left for a target, by the life that owns the record. */
  onCall(listen: (call: Call, run: RunView | undefined) => void): void
  /** A write left for a target by a life that has a successor. */
  onLateCall(listen: (call: Call, run: RunView | undefined) => void): void
  /** The record has taken what a life, by its number, wrote. */
  onCommit(listen: (life: number) => void): void
  /** Every step of the clock, about once a second. */
  onTick(listen: () => void): void
  /** The world was made calm, time has passed, and the last life has stopped. */
  onEnd(listen: () => void): void
}

/** One invariant of DESIGN section 5, or a law beside them. */
export type Law = {
  readonly name: string
  watch(x: Watch): void
}
