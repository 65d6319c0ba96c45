import { z } from 'zod'
import type { Action } from '../domain/action.ts'
import { ConflictError } from '../domain/errors.ts'
import type { Doing, Operations, Spec, Tools } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'

/** An action that does something once. */
export type Operation<Params, Need extends keyof Tools> = Action<Params, Doing, Readonly<Record<Need, Operations>>>

type Recipe<Params, Need extends keyof Tools> = {
  readonly name: string
  readonly needs: Need
  readonly params: z.ZodType<Params>
  /** Pure: what is sent along. */
  readonly sends: (params: Params) => Spec['values']
  readonly reversibility: 'irreversible' | 'external'
  /** `never`: half of it may have been done without being counted. Default `safe`. */
  readonly repeat?: 'safe' | 'never'
  /** Default 10 s. */
  readonly stepTimeoutMs?: number
  /** Pure: what will be so of some of the facts once it is done. */
  readonly leaves?: (facts: Doing['facts']) => Doing['facts']
  /** Why what was done has come to nothing, by what the target says of it; undefined where it is well. */
  readonly failure?: (params: Params, facts: Doing['facts']) => string | undefined
}

/**
 * Something that is done at a moment and cannot be taken back. How often it was done is the look before the write: once
 * more than before, whoever did it, is enough.
 */
export function operation<Params extends { readonly target: ResourceRef }, Need extends keyof Tools>(
  recipe: Recipe<Params, Need>,
): Operation<Params, Need> {
  const { name, needs, params: schema, sends, reversibility, repeat = 'safe', stepTimeoutMs = 10_000 } = recipe
  const { failure, leaves } = recipe
  return {
    name,
    params: schema,
    snapshot: z.strictObject({ generation: z.int(), facts: z.record(z.string(), z.json()) }),
    reversibility,
    repeat,
    limits: { stepTimeoutMs, verifyWithinMs: 5000 },

    async capture({ params: { target }, tools, abort }) {
      const { generation, facts } = await tools[needs].read(target, abort)
      return { generation, facts }
    },

    async apply({ params, before, key, tools, abort }) {
      const { target } = params
      const { generation } = await tools[needs].read(target, abort)
      if (generation > before.generation) return
      if (generation < before.generation) {
        throw new ConflictError(`cannot ${name} on '${target}': it has begun to count anew, so it is another`)
      }
      await tools[needs].run(target, { params: sends(params), ifGeneration: generation, key }, abort)
    },

    async verify({ params, before, tools, abort }) {
      const { generation, facts } = await tools[needs].read(params.target, abort)
      if (generation <= before.generation) return { status: 'pending', reason: `${params.target} has not done it` }
      const reason = failure?.(params, facts)
      return reason === undefined ? { status: 'pass' } : { status: 'fail', reason }
    },

    // What is known of it may change with every request; whether somebody has done it since is what counts.
    same: (a, b) => a.generation === b.generation,

    async byHand({ params, tools }) {
      return { apply: (await tools[needs].byHand?.(params.target, { params: sends(params) })) ?? [], undo: [] }
    },

    diff: (_params, { generation, facts }) => [
      { name: 'times done', from: generation, to: generation + 1 },
      ...Object.entries(leaves?.(facts) ?? {}).flatMap(([fact, to]) =>
        facts[fact] === undefined || facts[fact] === to ? [] : [{ name: fact, from: facts[fact], to }],
      ),
    ],
  }
}
