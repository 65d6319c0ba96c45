import { expect, test } from 'vitest'
import { actionLaws } from '../../test/action-laws.ts'
import { memoryInstances, type MemoryInstances } from '../../test/fakes/memory-instances.ts'
import { BlindError, ConflictError } from '../domain/errors.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { restartInstance } from './restart-instance.ts'

const target: ResourceRef = 'lab:shop/instance/web-1'
const other: ResourceRef = 'lab:shop/instance/web-2'
const params = { target }
const abort = new AbortController().signal
const act = async (instances: MemoryInstances) => {
  const tools = { instances }
  return { params, tools, abort, key: 'run-1/apply', before: await restartInstance.capture({ params, tools, abort }) }
}

// The state is who runs, and how often each was restarted; not readiness, which comes by itself.
actionLaws(restartInstance, {
  params,
  tools: () => ({ instances: memoryInstances([target, other], { readyAfterReads: 2 }) }),
  state: ({ instances }) => ({
    identities: [target, other].map((ref) => instances.look(ref).identity),
    effects: [...instances.effects],
  }),
  disturb: ({ instances }) => instances.replace(target),
})

test('verify wants a new process, running and ready', async () => {
  const instances = memoryInstances([target], { readyAfterReads: Infinity })
  const x = await act(instances)
  expect(await restartInstance.verify(x)).toMatchObject({ status: 'pending', reason: /same process/ })

  await restartInstance.apply(x)
  expect(await restartInstance.verify(x)).toMatchObject({ status: 'pending', reason: /not ready/ })

  instances.set(target, { running: false })
  expect(await restartInstance.verify(x)).toMatchObject({ status: 'pending', reason: /has ended/ })

  instances.set(target, { running: true, ready: true })
  expect(await restartInstance.verify(x)).toEqual({ status: 'pass' })
})

test('a dead instance is restarted', async () => {
  const instances = memoryInstances([target])
  instances.set(target, { running: false })
  const x = await act(instances)
  await restartInstance.apply(x)
  expect(instances.effects).toHaveLength(1)
  expect(await restartInstance.verify(x)).toEqual({ status: 'pass' })
})

test('one that somebody replaces between the look and the restart is left alone', async () => {
  const instances = memoryInstances([target])
  const x = await act(instances)
  const racing = {
    ...instances,
    read: async () => {
      const seen = instances.look(target)
      instances.replace(target)
      return seen
    },
  }
  await expect(restartInstance.apply({ ...x, tools: { instances: racing } })).rejects.toBeInstanceOf(ConflictError)
  expect(instances.effects).toHaveLength(0)
})

test('what cannot be seen is neither captured, restarted nor verified', async () => {
  const instances = memoryInstances([target])
  const x = await act(instances)
  instances.blind(target)
  await expect(restartInstance.capture(x)).rejects.toBeInstanceOf(BlindError)
  await expect(restartInstance.apply(x)).rejects.toBeInstanceOf(BlindError)
  await expect(restartInstance.verify(x)).rejects.toBeInstanceOf(BlindError)
  expect(instances.effects).toHaveLength(0)
})
