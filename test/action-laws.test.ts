import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Action } from '../src/domain/action.ts'
import { ConflictError } from '../src/domain/errors.ts'
import { actionLaws, lawsOf, type ActionWorld } from './action-laws.ts'

type Level = { value: number; writes: number }
type Tools = { readonly level: Level }
type Reversible = Extract<Action<{ value: number }, { value: number }, Tools>, { reversibility: 'reversible' }>

/** The smallest action that can be undone: sets one number. */
const setLevel: Reversible = {
  name: 'set-level',
  params: z.strictObject({ value: z.int() }),
  snapshot: z.strictObject({ value: z.int() }),
  reversibility: 'reversible',
  repeat: 'safe',
  limits: { stepTimeoutMs: 1000, verifyWithinMs: 1000 },
  capture: async ({ tools: { level } }) => ({ value: level.value }),
  apply: async ({ params, before, tools: { level }, abort }) => {
    const { value } = await Promise.resolve(level)
    abort.throwIfAborted()
    if (value === params.value) return
    if (value !== before.value) throw new ConflictError('someone set another level')
    write(level, params.value)
  },
  verify: async ({ params, tools: { level } }) =>
    level.value === params.value ? { status: 'pass' } : { status: 'pending', reason: `${level.value}` },
  rollback: async ({ params, before, tools: { level } }) => {
    if (level.value === before.value) return
    if (level.value !== params.value) throw new ConflictError('someone set another level')
    write(level, before.value)
  },
  same: (a, b) => a.value === b.value,
  diff: ({ value: to }, { value: from }) => (from === to ? [] : [{ name: 'level', from, to }]),
}

function write(level: Level, value: number): void {
  level.value = value
  level.writes += 1
}

const world: ActionWorld<{ value: number }, Tools> = {
  params: { value: 5 },
  tools: () => ({ level: { value: 2, writes: 0 } }),
  state: ({ level }) => ({ value: level.value }),
  disturb: ({ level }) => write(level, 9),
}

actionLaws(setLevel, world)

describe('an action that breaks a law is found out by that law', () => {
  const counted = { ...world, state: ({ level }: Tools) => ({ ...level }) }
  const blindWrite: Reversible['apply'] = async ({ params, tools }) => write(tools.level, params.value)
  const broken: readonly [fault: Partial<Reversible>, law: RegExp, where?: typeof world][] = [
    [{ apply: blindWrite }, /repeated, and changes nothing more/, counted],
    [{ apply: blindWrite }, /even under another key/, counted],
    [{ apply: blindWrite }, /apply overwrites no foreign change/],
    [
      {
        capture: async ({ tools: { level } }) => {
          write(level, level.value)
          return { value: level.value }
        },
      },
      /only read/,
      counted,
    ],
    [{ apply: (x) => setLevel.apply({ ...x, abort: new AbortController().signal }) }, /aborted while it looks/],
    [{ verify: async () => ({ status: 'pass' }) }, /does not pass before apply/],
    [{ verify: async () => ({ status: 'fail', reason: 'no' }) }, /passes in the end/],
    [{ snapshot: z.strictObject({ value: z.int().transform((value) => value + 1) }) }, /come back from the log/],
    [{ rollback: async ({ tools }) => write(tools.level, 0) }, /before the write landed/],
    [{ rollback: async () => {} }, /after the write landed/],
    [{ rollback: async ({ before, tools }) => write(tools.level, before.value) }, /undo overwrites no foreign change/],
    [{ same: () => true }, /only until something changes/],
    [{ diff: () => [] }, /says beforehand what it changes/],
    [{ diff: (_, { value }) => [{ name: 'level', from: value, to: value }] }, /says beforehand what it changes/],
    [{ diff: (_, { value }) => [{ name: 'level', from: value, to: 0 }] }, /nothing that it changes is left/],
  ]
  test.each(broken)('%o', async (fault, law, where = world) => {
    const [found, ...others] = lawsOf({ ...setLevel, ...fault }, where).filter(({ name }) => law.test(name))
    expect(others).toEqual([])
    await expect(found!.check()).rejects.toThrow()
  })
})
