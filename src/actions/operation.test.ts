import { expect, test } from 'vitest'
import { memoryOperations, type MemoryOperations } from '../../test/fakes/memory-operations.ts'
import { BlindError, ConflictError } from '../domain/errors.ts'
import type { Doing } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { actions } from './registry.ts'
import { runCommand } from './run-command.ts'
import { warmCache } from './warm-cache.ts'

const target: ResourceRef = 'lab:shop/instance/api-1'
const abort = new AbortController().signal
const params = { target, keys: ['a'] }
const act = async (caches: MemoryOperations) => {
  const tools = { caches }
  return { params, tools, abort, key: 'run-1/warm', before: await warmCache.capture({ params, tools, abort }) }
}

test('what somebody else has done meanwhile is enough', async () => {
  const caches = memoryOperations([target])
  const x = await act(caches)
  caches.doByHand(target)
  await warmCache.apply(x)
  expect(caches.effects).toEqual([])
  expect(await warmCache.verify(x)).toEqual({ status: 'pass' })
})

test('a target that began anew since is another: nothing is done to it', async () => {
  const caches = memoryOperations([target])
  caches.doByHand(target)
  const x = await act(caches)
  caches.restart(target)
  await expect(warmCache.apply(x)).rejects.toBeInstanceOf(ConflictError)
  expect(await warmCache.verify(x)).toMatchObject({ status: 'pending' })
})

test('people see beforehand what the target knows of it, and only parameters travel', async () => {
  const caches = memoryOperations([target], { facts: { source: 'yesterday' } })
  const x = await act(caches)
  expect(x.before).toEqual({ generation: 0, facts: { source: 'yesterday' } })
  await warmCache.apply(x)
  expect(caches.effects).toEqual([{ target, key: 'run-1/warm', params: { keys: ['a'] } }])
})

test('what cannot be seen is neither captured, done nor verified', async () => {
  const caches = memoryOperations([target])
  const x = await act(caches)
  caches.blind(target)
  for (const call of [warmCache.capture, warmCache.apply, warmCache.verify]) {
    await expect(call(x)).rejects.toBeInstanceOf(BlindError)
  }
})

test('a cut-off command is run again only where that was declared to be safe', () => {
  expect(actions.get('run-command')).toMatchObject({ repeat: 'never', reversibility: 'external' })
  expect(actions.get('run-safe-command')).toMatchObject({ repeat: 'safe', reversibility: 'external' })
})

test('a command that ended badly has not taken effect; one of which nothing is said is taken at its count', async () => {
  const run = async (facts: Doing['facts']) => {
    const commands = memoryOperations([target], { facts })
    const x = { params: { target, command: 'rotate' }, tools: { commands }, abort, key: 'run-1/rotate' }
    const before = await runCommand.capture(x)
    await runCommand.apply({ ...x, before })
    return runCommand.verify({ ...x, before })
  }
  expect(await run({ rotate: { last: { code: 0 } } })).toEqual({ status: 'pass' })
  expect(await run({ rotate: { last: { code: 3 } } })).toEqual({ status: 'fail', reason: 'rotate ended with 3' })
  expect(await run({ rotate: { last: { code: null } } })).toMatchObject({ status: 'fail' })
  expect(await run({})).toEqual({ status: 'pass' })
})
