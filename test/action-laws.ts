import { expect, test } from 'vitest'
import type { Act, Action, Check } from '../src/domain/action.ts'
import { ConflictError } from '../src/domain/errors.ts'

/** One world in which an action is tried. Each law gets a fresh one. */
export type ActionWorld<Params, Tools> = {
  readonly params: Params
  readonly tools: () => Tools | Promise<Tools>
  /** What the action changes, and everything else it must leave alone: compared as a value. */
  readonly state: (tools: Tools) => unknown
  /** What somebody else may do to the target meanwhile. */
  readonly disturb: (tools: Tools) => unknown
}

export type Law = { readonly name: string; readonly check: () => Promise<void> }

/** Registers the laws that bind this action as tests. */
export function actionLaws<P, S, T, W extends T>(action: Action<P, S, T>, world: ActionWorld<P, W>): void {
  for (const { name, check } of lawsOf(action, world)) test(`${action.name}: ${name}`, check)
}

/** The laws of DESIGN section 4 for one action: some for every action, the others for those that can be undone. */
export function lawsOf<P, S, T, W extends T>(action: Action<P, S, T>, world: ActionWorld<P, W>): readonly Law[] {
  const begin = (): Promise<Trial<P, S, T>> => beginTrial(action, world)
  return [
    ...lawsOfAll(action, world.params, begin),
    ...(action.reversibility === 'reversible' ? lawsOfUndo(action, begin) : []),
  ]
}

type Trial<P, S, T> = {
  readonly act: Act<P, S, T>
  readonly state: () => Promise<unknown>
  readonly disturb: () => Promise<unknown>
}

async function beginTrial<P, S, T, W extends T>(
  action: Action<P, S, T>,
  world: ActionWorld<P, W>,
): Promise<Trial<P, S, T>> {
  const { params } = world
  const tools = await world.tools()
  const abort = AbortSignal.timeout(20_000)
  const before = await action.capture({ params, tools, abort })
  return {
    act: { params, tools, abort, before, key: 'run-1/apply' },
    state: async () => world.state(tools),
    disturb: async () => world.disturb(tools),
  }
}

function lawsOfAll<P, S, T>(action: Action<P, S, T>, params: P, begin: () => Promise<Trial<P, S, T>>): Law[] {
  const repeated = async (other: Partial<Act<P, S, T>>): Promise<void> => {
    const { act, state } = await begin()
    await action.apply(act)
    const after = await state()
    await action.apply({ ...act, ...other })
    expect(await state()).toEqual(after)
  }
  return [
    {
      name: 'an apply cut off before its end was written is repeated, and changes nothing more',
      check: () => repeated({}),
    },
    { name: 'a repeat looks before it writes, even under another key', check: () => repeated({ key: 'run-1/other' }) },
    {
      name: 'capture and verify only read',
      check: async () => {
        const { act, state } = await begin()
        const before = await state()
        await action.capture(act)
        await action.verify(act)
        expect(await state()).toEqual(before)
      },
    },
    {
      name: 'verify does not pass before apply, and passes in the end after it',
      check: async () => {
        const { act } = await begin()
        expect((await action.verify(act)).status).not.toBe('pass')
        await action.apply(act)
        expect(await settled(() => action.verify(act))).toEqual({ status: 'pass' })
      },
    },
    {
      name: 'apply overwrites no foreign change',
      check: async () => {
        const { act, state, disturb } = await begin()
        await disturb()
        const disturbed = await state()
        await action.apply(act).catch(expectConflict)
        expect(await state()).toEqual(disturbed)
      },
    },
    {
      name: 'an apply that is aborted while it looks writes nothing later',
      check: async () => {
        const { act, state } = await begin()
        const before = await state()
        const stop = new AbortController()
        const cutOff = action.apply({ ...act, abort: stop.signal })
        stop.abort()
        await expect(cutOff).rejects.toThrow()
        expect(await state()).toEqual(before)
      },
    },
    {
      name: 'it says beforehand what it changes',
      check: async () => {
        const { act } = await begin()
        const said = action.diff?.(params, act.before) ?? []
        expect(said).not.toEqual([])
        expect(said.filter(({ from, to }) => JSON.stringify(from) === JSON.stringify(to))).toEqual([])
      },
    },
    {
      name: 'parameters and snapshot come back from the log as they were',
      check: async () => {
        const { act } = await begin()
        expect(action.params.parse(throughJson(params))).toEqual(params)
        expect(action.snapshot.parse(throughJson(act.before))).toEqual(act.before)
      },
    },
  ]
}

function lawsOfUndo<P, S, T>(
  action: Extract<Action<P, S, T>, { reversibility: 'reversible' }>,
  begin: () => Promise<Trial<P, S, T>>,
): Law[] {
  const restores = async (applied: boolean): Promise<void> => {
    const { act, state } = await begin()
    const first = await state()
    if (applied) await action.apply(act)
    for (const _again of [1, 2]) {
      await action.rollback(act)
      expect(await state()).toEqual(first)
      expect(action.same(await action.capture(act), act.before)).toBe(true)
    }
  }
  return [
    { name: 'an undo before the write landed leaves all as it was, twice', check: () => restores(false) },
    { name: 'an undo after the write landed restores the snapshot, twice', check: () => restores(true) },
    {
      name: 'once it is applied, nothing that it changes is left',
      check: async () => {
        const { act } = await begin()
        await action.apply(act)
        expect(action.diff?.(act.params, await action.capture(act))).toEqual([])
      },
    },
    {
      name: 'the same snapshot is the same only until something changes',
      check: async () => {
        const { act } = await begin()
        await action.apply(act)
        expect(action.same(await action.capture(act), act.before)).toBe(false)
      },
    },
    {
      name: 'an undo overwrites no foreign change',
      check: async () => {
        const { act, state, disturb } = await begin()
        await action.apply(act)
        await disturb()
        const disturbed = await state()
        await expect(action.rollback(act)).rejects.toBeInstanceOf(ConflictError)
        expect(await state()).toEqual(disturbed)
      },
    },
  ]
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const expectConflict = (thrown: unknown): void => expect(thrown).toBeInstanceOf(ConflictError)

/** Asks until the answer is final; the world moves on by being looked at, or by itself. */
async function settled(verify: () => Promise<Check>): Promise<Check> {
  for (const until = Date.now() + 10_000; ;) {
    const check = await verify()
    if (check.status !== 'pending' || Date.now() > until) return check
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
