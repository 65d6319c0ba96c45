import { z } from 'zod'
import type { Doing, Spec } from '../../../domain/ports.ts'
import type { Json } from '../../../lib/json.ts'

/** The instance, the document or the operation is not as it was meant, or it is being stopped: nothing was done. */
export class RefusedError extends Error {}

/** A body that is not what is asked for here. */
export class UnreadableError extends Error {}

/** A name or a value that is not taken here: nothing was done. */
export class UnfitError extends Error {}

/** Keys of orders that are remembered. */
export const KEYS_KEPT = 1000

export const key: z.ZodString = z.string().min(1).max(256)

/** `POST` to a document. */
export type SpecOrder = {
  readonly values: Readonly<Record<string, Json>>
  readonly ifRevision: string
  readonly key: string
  readonly holdMs?: number | undefined
}

/** `POST` to an operation. */
export type OperationOrder = {
  readonly params: Readonly<Record<string, Json>>
  readonly ifGeneration: number
  readonly key: string
}

/** A document that the shim keeps; a repeat does nothing more. */
export type Document = {
  read(): Promise<Spec>
  /** Throws RefusedError when the revision is another, UnfitError on what the document does not take. */
  patch(order: SpecOrder): Promise<{ readonly revision: string; readonly repeated: boolean }>
}

/** Something that the shim does; a repeat does nothing more. */
export type Operation = {
  read(): Promise<Doing>
  /** Throws RefusedError when the generation is another, UnfitError on parameters that are not taken. */
  run(order: OperationOrder): Promise<{ readonly generation: number; readonly repeated: boolean }>
}

const values = z.record(z.string().max(128), z.json())

export const SpecOrder: z.ZodType<SpecOrder> = z.strictObject({
  values,
  ifRevision: z.string().max(1000),
  key,
  holdMs: z.number().positive().optional(),
})
export const OperationOrder: z.ZodType<OperationOrder> = z.strictObject({ params: values, ifGeneration: z.int(), key })

/** What is held up here is held until somebody changes it back. */
export function refuseHold({ holdMs }: SpecOrder): void {
  if (holdMs !== undefined) throw new UnfitError('nothing is taken back here by itself: leave holdMs out')
}

/** Runs what it is given one after the other, whatever becomes of each. */
export function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
