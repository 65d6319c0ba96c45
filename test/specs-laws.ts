import { describe, expect, test } from 'vitest'
import { BlindError, ConflictError, RetryableError, TerminalError } from '../src/domain/errors.ts'
import type { Spec, Specs } from '../src/domain/ports.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import { canonical } from '../src/lib/json.ts'
import { until, worldsOf } from './worlds.ts'

const abort = new AbortController().signal

type Values = Spec['values']

/** One document, and what may happen to whoever keeps it. */
export type SpecsWorld = {
  readonly specs: Specs
  readonly target: ResourceRef
  /** Two sets of values for the same names; neither is as it is at first, and they differ in every name. */
  readonly one: Values
  readonly two: Values
  /** A value under another name, other than at first; absent where the document has only those of `one`. */
  readonly beside?: Values
  /** A name of `one` that null takes away; absent where none can be. */
  readonly removable?: string
  /** What the document does not take: unknown names, bad values. */
  readonly refused: readonly Values[]
  /** Absent: the target can take back by itself what is held up. `false`: it refuses to hold. */
  readonly holds?: false
  /** Whoever keeps the document stops answering. */
  readonly blind: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** What every `Specs` keeps, real or fake. */
export function specsLaws(name: string, make: () => Promise<SpecsWorld>): void {
  const opened = worldsOf(make)
  const begin = async (): Promise<SpecsTrial> => {
    const world = await opened()
    const { specs, target } = world
    const read = (): Promise<Spec> => specs.read(target, abort)
    const patch: SpecsTrial['patch'] = async (values, key, more = {}) =>
      specs.patch(target, { values, key, ifRevision: (await read()).revision, ...more }, abort)
    return { ...world, first: await read(), read, patch }
  }
  describe(name, () => {
    test('reading changes nothing', async () => {
      const { first, read } = await begin()
      expect(await read()).toEqual(first)
    })

    test('a patch sets the named values only, and makes a new revision', async () => {
      const { first, read, patch, one } = await begin()
      await patch(one, 'k1')
      const now = await read()
      expect(now.values).toEqual({ ...first.values, ...one })
      expect(now.revision).not.toBe(first.revision)
    })

    test('a patch meant for another revision is refused and does nothing', async () => {
      const { first, read, patch, one, two } = await begin()
      await patch(one, 'k1')
      await expect(patch(two, 'k2', { ifRevision: first.revision })).rejects.toBeInstanceOf(ConflictError)
      expect(await read()).toMatchObject({ values: one })
    })

    // So a write that is still on its way when its undo comes is refused once it arrives.
    test('a patch of what is so already makes a new revision all the same', async () => {
      const { first, read, patch, one, two } = await begin()
      await patch(Object.fromEntries(Object.keys(one).map((key) => [key, first.values[key] ?? null])), 'k1')
      expect((await read()).values).toEqual(first.values)
      await expect(patch(two, 'k2', { ifRevision: first.revision })).rejects.toBeInstanceOf(ConflictError)
    })

    test('of two that patch the same revision, one does', async () => {
      const { read, patch, one, two } = await begin()
      const { revision: ifRevision } = await read()
      const ends = await Promise.allSettled([patch(one, 'k1', { ifRevision }), patch(two, 'k2', { ifRevision })])
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(await read()).toMatchObject({ values: ends[0].status === 'fulfilled' ? one : two })
    })

    test('the same key again does nothing more, also once others have changed it', async () => {
      const { first, read, patch, one, two } = await begin()
      const again = (): Promise<void> => patch(one, 'k1', { ifRevision: first.revision })
      await again()
      await again()
      await patch(two, 'k2')
      const now = await read()
      await again()
      expect(await read()).toEqual(now)
      expect(now.values).toMatchObject(two)
    })

    test('null takes a value away', async (context) => {
      const { read, patch, one, removable } = await begin()
      if (removable === undefined) return context.skip('nothing here can be taken away')
      await patch(one, 'k1')
      await patch({ [removable]: null }, 'k2')
      expect((await read()).values[removable] ?? null).toBe(null)
    })

    test('an unknown name or a bad value is refused, and nothing of the patch is done', async () => {
      const { first, read, patch, one, refused } = await begin()
      expect(refused).not.toEqual([])
      for (const [i, values] of refused.entries()) {
        const thrown = await patch({ ...one, ...values }, `k${i}`).catch((error: unknown) => error)
        expect(thrown, JSON.stringify(values)).toBeInstanceOf(TerminalError)
        expect(thrown).not.toBeInstanceOf(ConflictError)
      }
      expect(await read()).toEqual(first)
    })

    test('what is held up is taken back by itself, or refused where that cannot be', async () => {
      const { first, read, patch, one, holds } = await begin()
      if (holds === false) {
        await expect(patch(one, 'k1', { holdMs: 100 })).rejects.toBeInstanceOf(TerminalError)
        return expect(await read()).toEqual(first)
      }
      await patch(one, 'k1', { holdMs: 500 })
      expect((await read()).values).toMatchObject(one)
      const after = await until(read, ({ values }) => !agree(values, one))
      expect(after.values).toEqual(first.values)
    })

    test('what somebody has set since is not taken back', async (context) => {
      const { first, read, patch, one, two, beside, holds } = await begin()
      if (holds === false || !beside) return context.skip('nothing is held up here')
      await patch(one, 'k1', { holdMs: 300 })
      await patch(two, 'k2')
      // Its end, after that of the first, is what is waited for.
      await patch(beside, 'k3', { holdMs: 400 })
      const after = await until(read, ({ values }) => !agree(values, beside))
      expect(after.values).toEqual({ ...first.values, ...two })
    })

    test('a call that is aborted writes nothing', async () => {
      const { specs, target, first, read, one } = await begin()
      const change = { values: one, ifRevision: first.revision, key: 'k1' }
      await expect(specs.patch(target, change, AbortSignal.abort())).rejects.toThrow()
      expect(await read()).toEqual(first)
    })

    test('what does not answer is blind, and a write on it may be tried again', async () => {
      const { specs, target, first, one, blind } = await begin()
      await blind()
      await expect(specs.read(target, abort)).rejects.toBeInstanceOf(BlindError)
      const write = specs.patch(target, { values: one, ifRevision: first.revision, key: 'k1' }, abort)
      await expect(write).rejects.toBeInstanceOf(RetryableError)
    })
  })
}

type SpecsTrial = SpecsWorld & {
  readonly first: Spec
  readonly read: () => Promise<Spec>
  /** On the revision of now, unless another is named. */
  readonly patch: (values: Values, key: string, more?: { ifRevision?: string; holdMs?: number }) => Promise<void>
}

const agree = (values: Values, wanted: Values): boolean =>
  Object.entries(wanted).every(([key, value]) => canonical(values[key] ?? null) === canonical(value))
