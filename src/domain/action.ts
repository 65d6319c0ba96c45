import type { z } from 'zod'
import type { Json } from '../lib/json.ts'

/** What reads: parameters, the capabilities an action names, and an abort signal that the step's timeout fires. */
export type Look<Params, Tools> = {
  readonly params: Params
  readonly tools: Tools
  readonly abort: AbortSignal
}

/** What writes: adds the snapshot taken before, and `key` (`runId/step`), the idempotency key of the step. */
export type Act<Params, Snapshot, Tools> = Look<Params, Tools> & {
  readonly before: Snapshot
  readonly key: string
}

/** Did the change itself take effect. `pending` past `verifyWithinMs` is a failure; a throw is unknown, never a pass. */
export type Check = { readonly status: 'pass' } | { readonly status: 'pending' | 'fail'; readonly reason: string }

/** One value that a step changes; null where there was, or will be, none. */
export type Diff = { readonly name: string; readonly from: Json; readonly to: Json }

type Common<Params, Snapshot, Tools> = {
  readonly name: string
  readonly params: z.ZodType<Params>
  readonly snapshot: z.ZodType<Snapshot>
  /** `never`: a repeat cannot be recognised, so a cut-off step ends stuck and is not run again. */
  readonly repeat: 'safe' | 'never'
  readonly limits: {
    readonly stepTimeoutMs: number
    readonly verifyWithinMs: number
    /** How long the target itself keeps an effect that holds something up. */
    readonly holdMs?: number
  }
  /** Reads only; also the preview that people see. */
  capture(x: Look<Params, Tools>): Promise<Snapshot>
  /** Looks before it writes: a repeat changes nothing more. */
  apply(x: Act<Params, Snapshot, Tools>): Promise<void>
  verify(x: Act<Params, Snapshot, Tools>): Promise<Check>
  /** Pure: what it changes, by what its capture saw; empty where nothing is left to change. */
  diff?(params: Params, before: Snapshot): readonly Diff[]
  /** How a person does it and takes it back without Kintsugi; `before` is absent where nobody has looked yet. */
  byHand?(x: Look<Params, Tools> & { readonly before?: Snapshot }): Promise<ByHand>
}

/** Commands for a shell, quoted; empty where none is known. */
export type ByHand = { readonly apply: readonly string[]; readonly undo: readonly string[] }

type Undo<Params, Snapshot, Tools> = {
  /** Restores the snapshot from either side of a crash; refuses to overwrite a foreign change. */
  rollback(x: Act<Params, Snapshot, Tools>): Promise<void>
} & Required<Alike<Snapshot>>

/**
 * Whether two captures show the same target: an undo counts only when they do, and so does the yes to a preview. Absent,
 * they must be equal in every value.
 */
type Alike<Snapshot> = { same?(a: Snapshot, b: Snapshot): boolean }

export type Reversibility = 'read-only' | 'reversible' | 'external' | 'irreversible'

/** One kind of change, as a small transaction. The laws that bind every action are in `test/action-laws.ts`. */
export type Action<Params, Snapshot, Tools> = Common<Params, Snapshot, Tools> &
  (
    | ({ readonly reversibility: 'reversible' } & Undo<Params, Snapshot, Tools>)
    | ({ readonly reversibility: 'read-only' | 'external' | 'irreversible' } & Alike<Snapshot>)
  )
