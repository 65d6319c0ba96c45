import { describe, expect, test } from 'vitest'
import { memorySpecs, type MemorySpecs } from '../../test/fakes/memory-specs.ts'
import { BlindError, ConflictError, TerminalError } from '../domain/errors.ts'
import type { Specs } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { drainInstance } from './drain-instance.ts'
import { restoreConfig } from './restore-config.ts'

const target: ResourceRef = 'edge:shop/pool/web'
const abort = new AbortController().signal
const params = { target, instance: 'web-1', holdMs: 60_000 }

let now = 0
const pool = (): MemorySpecs => memorySpecs({ [target]: { 'state.web-1': 'up' } }, { now: () => now })
const act = async (traffic: Specs) => {
  const tools = { traffic }
  return { params, tools, abort, key: 'run-1/drain', before: await drainInstance.capture({ params, tools, abort }) }
}

test('a change of other names is nobody’s business here', async () => {
  const traffic = pool()
  const x = await act(traffic)
  traffic.set(target, { breaker: 'open' })
  await drainInstance.apply(x)
  traffic.set(target, { rateLimitRps: 5 })
  expect(await drainInstance.verify(x)).toEqual({ status: 'pass' })
  await drainInstance.rollback(x)
  expect(traffic.look(target)).toEqual({ 'state.web-1': 'up', breaker: 'open', rateLimitRps: 5 })
})

test('what the target took back by itself is as it was: the undo finds nothing to restore', async () => {
  const traffic = pool()
  const x = await act(traffic)
  await drainInstance.apply(x)
  expect(traffic.look(target)).toEqual({ 'state.web-1': 'drain' })
  now += params.holdMs
  expect(traffic.look(target)).toEqual({ 'state.web-1': 'up' })
  await drainInstance.rollback(x)
  expect(drainInstance.same(await drainInstance.capture(x), x.before)).toBe(true)
})

test('an undo ends the hold: what somebody sets later stays', async () => {
  const traffic = pool()
  const x = await act(traffic)
  await drainInstance.apply(x)
  await drainInstance.rollback(x)
  traffic.set(target, { 'state.web-1': 'drain' })
  now += params.holdMs
  expect(traffic.look(target)).toEqual({ 'state.web-1': 'drain' })
})

test('an apply that is still on its way when its undo is done is refused on arrival', async () => {
  const traffic = pool()
  const x = await act(traffic)
  const { promise: undone, resolve: arrive } = Promise.withResolvers<void>()
  const slow: Specs = { ...traffic, patch: (...call) => undone.then(() => traffic.patch(...call)) }
  const late = drainInstance.apply({ ...x, tools: { traffic: slow } })
  await drainInstance.rollback({ ...x, key: 'run-1/drain/undo' })
  arrive()
  await expect(late).rejects.toBeInstanceOf(ConflictError)
  expect(traffic.look(target)).toEqual({ 'state.web-1': 'up' })
})

test('what cannot be seen is neither captured, set, verified nor taken back', async () => {
  const traffic = pool()
  const x = await act(traffic)
  traffic.blind(target)
  for (const call of [drainInstance.capture, drainInstance.apply, drainInstance.verify, drainInstance.rollback]) {
    await expect(call(x)).rejects.toBeInstanceOf(BlindError)
  }
  expect(traffic.effects).toEqual([])
})

test('verify says what is not yet as wanted', async () => {
  const x = await act(pool())
  expect(await drainInstance.verify(x)).toEqual({
    status: 'pending',
    reason: `state.web-1 of ${target} is "up"`,
  })
})

describe('restore-config', () => {
  const capture = (document: Readonly<Record<string, string | number | Readonly<Record<string, number>>>>) => {
    const tools = { configuration: memorySpecs({ [target]: document }) }
    return restoreConfig.capture({ params: { target }, tools, abort })
  }

  test('shows both configurations beforehand, and what will be gone', async () => {
    expect(await capture({ timeoutMs: 1, extra: 'x', lastGood: { timeoutMs: 500, retries: 2 } })).toEqual({
      was: { timeoutMs: 1, extra: 'x', retries: null },
      wanted: { timeoutMs: 500, extra: null, retries: 2 },
    })
  })

  test('is refused where no good configuration is known', async () => {
    await expect(capture({ timeoutMs: 1 })).rejects.toBeInstanceOf(TerminalError)
    await expect(capture({ timeoutMs: 1, lastGood: 'yesterday' })).rejects.toBeInstanceOf(TerminalError)
  })
})
