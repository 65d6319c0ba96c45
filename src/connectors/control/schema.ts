import { z } from 'zod'
import type { Doing as DoingNoun, Spec as SpecNoun } from '../../domain/ports.ts'
import type { Json } from '../../lib/json.ts'

const values: z.ZodType<Readonly<Record<string, Json>>> = z.record(z.string(), z.json())

/** The answer to `GET` of a document. */
export const Spec: z.ZodType<SpecNoun> = z.object({ revision: z.string(), values })
/** The answer to `GET` of an operation. */
export const Doing: z.ZodType<DoingNoun> = z.object({ generation: z.int(), facts: values })

/** The answers to `POST`; `repeated` when it had been done before under this key. */
export const Patched: z.ZodType<{ revision: string; repeated: boolean }> = z.object({
  revision: z.string(),
  repeated: z.boolean(),
})
export const Done: z.ZodType<{ generation: number; repeated: boolean }> = z.object({
  generation: z.int(),
  repeated: z.boolean(),
})
