import { z } from 'zod'
import type { Action } from '../domain/action.ts'
import { ConflictError, TerminalError } from '../domain/errors.ts'
import type { Spec, Specs, Tools } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { canonical, type Json } from '../lib/json.ts'

type Values = Spec['values']

/** What the touched names were, and what they are to be; null where there is no value. Both are read once and kept. */
type Snapshot = { readonly was: Values; readonly wanted: Values }

/** An action that sets values of a document, and can set them back. */
export type Setting<Params, Need extends keyof Tools> = Extract<
  Action<Params, Snapshot, Readonly<Record<Need, Specs>>>,
  { readonly reversibility: 'reversible' }
>

type Recipe<Params, Need extends keyof Tools> = {
  readonly name: string
  readonly needs: Need
  readonly params: z.ZodType<Params>
  /** Pure: the values it sets, from the parameters and the document as it is; null takes one away. */
  readonly wanted: (params: Params, document: Values) => Values
  /** How soon the document must say so; default 5 s. */
  readonly verifyWithinMs?: number
  /** The effect holds something up, and its parameters say how long. */
  readonly holds?: true
}

const LONGEST_HOLD_MS = 3_600_000

/** For effects that hold something up: how long, in milliseconds, until the target takes it back by itself. */
export const HOLD_MS: z.ZodType<number> = z.int().min(1000).max(LONGEST_HOLD_MS)

/**
 * A change of a document that can be taken back. It touches only the names that `wanted` gives, writes only where these
 * are as they were, and takes back only what it set: other names are others' business. What the target has taken back by
 * itself, after `holdMs`, is as it was.
 */
export function setting<
  Params extends { readonly target: ResourceRef; readonly holdMs?: number },
  Need extends keyof Tools,
>(recipe: Recipe<Params, Need>): Setting<Params, Need> {
  const { name, needs, params: schema, wanted, verifyWithinMs = 5000, holds } = recipe
  return {
    name,
    params: schema,
    snapshot: z.strictObject({ was: VALUES, wanted: VALUES }),
    reversibility: 'reversible',
    repeat: 'safe',
    limits: { stepTimeoutMs: 5000, verifyWithinMs, ...(holds && { holdMs: LONGEST_HOLD_MS }) },

    async capture({ params, tools, abort }) {
      const { values } = await tools[needs].read(params.target, abort)
      const goal = wanted(params, values)
      return { was: Object.fromEntries(Object.keys(goal).map((key) => [key, values[key] ?? null])), wanted: goal }
    },

    async apply({ params, before, key, tools, abort }) {
      const now = await tools[needs].read(params.target, abort)
      if (differing(now.values, before.wanted) === undefined) return
      const foreign = differing(now.values, before.was)
      if (foreign !== undefined) throw foreignChange(`cannot ${name} on`, params.target, foreign, now.values)
      const hold = params.holdMs === undefined ? {} : { holdMs: params.holdMs }
      const change = { values: before.wanted, ifRevision: now.revision, key, ...hold }
      await tools[needs].patch(params.target, change, abort)
    },

    async verify({ params, before, tools, abort }) {
      const { values } = await tools[needs].read(params.target, abort)
      const open = differing(values, before.wanted)
      return open === undefined
        ? { status: 'pass' }
        : { status: 'pending', reason: `${open} of ${params.target} is ${text(values[open])}` }
    },

    async rollback({ params, before, key, tools, abort }) {
      const now = await tools[needs].read(params.target, abort)
      const foreign = differing(now.values, before.was) && differing(now.values, before.wanted)
      if (foreign !== undefined) throw foreignChange(`cannot undo ${name} on`, params.target, foreign, now.values)
      // Also where nothing is to be restored: an apply that is still on its way meets another revision then.
      const change = { values: before.was, ifRevision: now.revision, key: `${key}#back` }
      await tools[needs].patch(params.target, change, abort)
    },

    diff: (_params, { was, wanted: goal }) =>
      Object.keys(goal)
        .filter((key) => text(was[key]) !== text(goal[key]))
        .map((key) => ({ name: key, from: was[key] ?? null, to: goal[key] ?? null })),

    async byHand({ params, before, tools }) {
      const say = async (values: Values, hold: { readonly holdMs?: number } = {}): Promise<readonly string[]> =>
        (await tools[needs].byHand?.(params.target, { values, ...hold })) ?? []
      const goal = before?.wanted ?? unseen(() => wanted(params, {}))
      const hold = params.holdMs === undefined ? {} : { holdMs: params.holdMs }
      return { apply: goal ? await say(goal, hold) : [], undo: before ? await say(before.was) : [] }
    },

    same: ({ was }, other) => differing(other.was, was) === undefined && differing(was, other.was) === undefined,
  }
}

/** What is wanted of a document that nobody has looked at yet; undefined where that depends on it. */
function unseen(want: () => Values): Values | undefined {
  try {
    return want()
  } catch (thrown) {
    if (thrown instanceof TerminalError) return undefined
    throw thrown
  }
}

const VALUES = z.record(z.string(), z.json())

/** The first of the wanted names that is not as wanted. */
function differing(values: Values, wanted: Values): string | undefined {
  return Object.keys(wanted).find((key) => text(values[key]) !== text(wanted[key]))
}

const text = (value: Json | undefined): string => canonical(value ?? null)

function foreignChange(attempt: string, target: ResourceRef, name: string, values: Values): ConflictError {
  return new ConflictError(`${attempt} '${target}': somebody has set ${name} to ${text(values[name])} since`)
}
