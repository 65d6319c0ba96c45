import type { z } from 'zod'
import type { Action, Act, Look } from '../domain/action.ts'
import { messageOf, TerminalError } from '../domain/errors.ts'
import type { AnyAction, Tools } from '../domain/ports.ts'
import type { Json } from '../lib/json.ts'

/**
 * Forgets an action's own types, so that all actions fit one list and one saga: parameters and snapshot come out of the
 * record as JSON and are checked by the action's own schemas on every call, and the capabilities it needs are looked
 * for among those the target's connector has. Every call throws TerminalError when one of these does not fit.
 *
 * @param needs the capabilities that the action names
 */
export function erase<Params extends Json, Snapshot extends Json, Need extends keyof Tools>(
  action: Action<Params, Snapshot, Pick<Tools, Need>>,
  needs: readonly Need[],
): AnyAction {
  const { name, limits, repeat } = action
  const paramsOf = (value: Json): Params => checked(action.params, value, `parameters of ${name}`)
  const snapshot = (value: Json): Snapshot => checked(action.snapshot, value, `snapshot of ${name}`)
  const look = (x: Look<Json, Partial<Tools>>): Look<Params, Pick<Tools, Need>> => ({
    params: paramsOf(x.params),
    tools: granted(name, needs, x.tools),
    abort: x.abort,
  })
  const act = (x: Act<Json, Json, Partial<Tools>>): Act<Params, Snapshot, Pick<Tools, Need>> => ({
    ...look(x),
    before: snapshot(x.before),
    key: x.key,
  })
  const { diff, byHand } = action
  const common = {
    name,
    limits,
    repeat,
    params: action.params as z.ZodType<Json>,
    snapshot: action.snapshot as z.ZodType<Json>,
    capture: async (x: Look<Json, Partial<Tools>>) => action.capture(look(x)),
    apply: async (x: Act<Json, Json, Partial<Tools>>) => action.apply(act(x)),
    verify: async (x: Act<Json, Json, Partial<Tools>>) => action.verify(act(x)),
    ...(diff && { diff: (params: Json, before: Json) => diff(paramsOf(params), snapshot(before)) }),
    ...(byHand && {
      byHand: async ({ before, ...x }: Look<Json, Partial<Tools>> & { readonly before?: Json }) =>
        byHand({ ...look(x), ...(before !== undefined && { before: snapshot(before) }) }),
    }),
  }
  if (action.reversibility !== 'reversible') {
    const { reversibility, same } = action
    return { ...common, reversibility, ...(same && { same: (a, b) => same(snapshot(a), snapshot(b)) }) }
  }
  return {
    ...common,
    reversibility: 'reversible',
    rollback: async (x) => action.rollback(act(x)),
    same: (a, b) => action.same(snapshot(a), snapshot(b)),
  }
}

function checked<T>(schema: z.ZodType<T>, value: Json, what: string): T {
  const { success, data, error } = schema.safeParse(value)
  if (!success) throw new TerminalError(`the ${what} in the record do not fit its schema: ${messageOf(error)}`)
  return data
}

function granted<Need extends keyof Tools>(
  action: string,
  needs: readonly Need[],
  tools: Partial<Tools>,
): Pick<Tools, Need> {
  const missing = needs.filter((need) => tools[need] === undefined)
  if (missing.length === 0) return tools as Pick<Tools, Need>
  throw new TerminalError(`cannot ${action}: the target's connector offers no '${missing.join("', '")}'`)
}
