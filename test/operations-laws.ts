import { describe, expect, test } from 'vitest'
import { BlindError, ConflictError, RetryableError, TerminalError } from '../src/domain/errors.ts'
import type { Doing, Operations, Spec } from '../src/domain/ports.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import { worldsOf } from './worlds.ts'

const abort = new AbortController().signal

/** One thing that can be done, and what may happen to whoever does it. */
export type OperationsWorld = {
  readonly operations: Operations
  readonly target: ResourceRef
  readonly params: Spec['values']
  /** What the target does not take; empty where it has no parameters that could be wrong. */
  readonly refused: readonly Spec['values'][]
  /** How often it was done, as the target itself counts. */
  readonly effects: () => Promise<number>
  /** The target stops answering. */
  readonly blind: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** What every `Operations` keeps, real or fake. */
export function operationsLaws(name: string, make: () => Promise<OperationsWorld>): void {
  const opened = worldsOf(make)
  const begin = async (): Promise<OperationsTrial> => {
    const world = await opened()
    const { operations, target, params } = world
    const first = await operations.read(target, abort)
    const at = await world.effects()
    const run: OperationsTrial['run'] = async (key, more = {}) => {
      const { generation } = await operations.read(target, abort)
      return operations.run(target, { params, ifGeneration: generation, key, ...more }, abort)
    }
    return { ...world, first, run, effects: async () => (await world.effects()) - at }
  }
  describe(name, () => {
    test('reading does nothing', async () => {
      const { operations, target, first, effects } = await begin()
      expect(await operations.read(target, abort)).toEqual(first)
      expect(await effects()).toBe(0)
    })

    test('it is done once the call returns, and counts up', async () => {
      const { operations, target, first, run, effects } = await begin()
      await run('k1')
      expect((await operations.read(target, abort)).generation).toBe(first.generation + 1)
      expect(await effects()).toBe(1)
    })

    test('the same key again does nothing more, also once others have done it', async () => {
      const { first, run, effects } = await begin()
      const again = (): Promise<void> => run('k1', { ifGeneration: first.generation })
      await again()
      await again()
      await run('k2')
      await again()
      expect(await effects()).toBe(2)
    })

    test('what somebody else has done meanwhile is not done again', async () => {
      const { first, run, effects } = await begin()
      await run('k1')
      await expect(run('k2', { ifGeneration: first.generation })).rejects.toBeInstanceOf(ConflictError)
      expect(await effects()).toBe(1)
    })

    test('of two that want to do it at once, one does', async () => {
      const { first, run, effects } = await begin()
      const both = ['k1', 'k2'].map((key) => run(key, { ifGeneration: first.generation }))
      const ends = (await Promise.allSettled(both)).map(({ status }) => status)
      expect(ends.toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(await effects()).toBe(1)
    })

    test('parameters that the target does not take are refused, and nothing is done', async () => {
      const { run, refused, effects } = await begin()
      for (const [i, params] of refused.entries()) {
        const thrown = await run(`k${i}`, { params }).catch((error: unknown) => error)
        expect(thrown, JSON.stringify(params)).toBeInstanceOf(TerminalError)
        expect(thrown).not.toBeInstanceOf(ConflictError)
      }
      expect(await effects()).toBe(0)
    })

    test('a call that is aborted does nothing', async () => {
      const { operations, target, first, params, effects } = await begin()
      const change = { params, ifGeneration: first.generation, key: 'k1' }
      await expect(operations.run(target, change, AbortSignal.abort())).rejects.toThrow()
      expect(await effects()).toBe(0)
    })

    test('what does not answer is blind, and doing it may be tried again', async () => {
      const { operations, target, first, params, blind } = await begin()
      await blind()
      await expect(operations.read(target, abort)).rejects.toBeInstanceOf(BlindError)
      const run = operations.run(target, { params, ifGeneration: first.generation, key: 'k1' }, abort)
      await expect(run).rejects.toBeInstanceOf(RetryableError)
    })
  })
}

type OperationsTrial = OperationsWorld & {
  readonly first: Doing
  /** On the generation of now, unless another is named. */
  readonly run: (key: string, more?: { ifGeneration?: number; params?: Spec['values'] }) => Promise<void>
}
