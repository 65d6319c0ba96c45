import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memorySpecs, type MemorySpecs } from '../../../test/fakes/memory-specs.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { Specs } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { wantedOf, workloadsOf } from './workloads.ts'

const abort = new AbortController().signal
const service: ResourceRef = 'lab:shop/service/web'
const names = ['web-2', 'web-3', 'web-4', 'web-5'].map((name): ResourceRef => `lab:shop/instance/${name}`)

/** A service of one instance that always runs and four that stand by, of which the first `running` run. */
function serviceOf(running: number): { replicas: MemorySpecs; workloads: (over?: Specs) => Specs; now(): boolean[] } {
  const replicas = memorySpecs(Object.fromEntries(names.map((name, i) => [name, { running: i < running }])))
  return {
    replicas,
    workloads: (over = replicas) => workloadsOf(async () => ({ always: 1, standby: names }), over),
    now: () => names.map((name) => replicas.look(name)['running'] === true),
  }
}

const count = fc.integer({ min: 0, max: names.length })

test('the next ones are started, the last ones stopped, and no other is touched', () => {
  fc.assert(
    fc.property(fc.subarray(names), count, (now, wanted) => {
      const then = wantedOf(names, now, wanted)
      expect(then).toHaveLength(wanted)
      if (wanted >= now.length) expect(then).toEqual(expect.arrayContaining(now))
      else expect(then).toEqual(now.slice(0, wanted))
      const started = then.filter((name) => !now.includes(name))
      const left = names.filter((name) => !then.includes(name))
      if (started.length > 0) expect(left.every((name) => name > started.at(-1)!)).toBe(true)
    }),
  )
})

test('a change that is cut off after any of its writes, and told again, is the same as one', async () => {
  await fc.assert(
    fc.asyncProperty(count, count, fc.nat(names.length), async (from, to, writes) => {
      const { replicas, workloads, now } = serviceOf(from)
      const { revision: ifRevision } = await workloads().read(service, abort)
      const change = { values: { replicas: 1 + to }, ifRevision, key: 'k1' }
      let left = writes
      const cut: Specs = {
        ...replicas,
        patch: async (...args) => {
          if (left-- === 0) throw new Error('cut off')
          return replicas.patch(...args)
        },
      }
      await workloads(cut)
        .patch(service, change, abort)
        .catch(() => {})
      await workloads().patch(service, change, abort)
      expect(now()).toEqual(names.map((_, i) => i < to))
      expect(replicas.effects).toHaveLength(names.length)
    }),
  )
})

test('of two that change it at once, at whatever pace, one does and the other changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), count, count, count, async (scheduler, from, one, two) => {
      const { replicas, workloads, now } = serviceOf(from)
      const paced: Specs = {
        read: scheduler.scheduleFunction(replicas.read),
        patch: scheduler.scheduleFunction(replicas.patch),
      }
      const { revision: ifRevision } = await workloads().read(service, abort)
      const both = Promise.allSettled(
        [one, two].map((to, i) =>
          workloads(paced).patch(service, { values: { replicas: 1 + to }, ifRevision, key: `k${i}` }, abort),
        ),
      )
      await scheduler.waitFor(both)
      const ends = await both
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      const won = ends[0]!.status === 'fulfilled' ? one : two
      expect(now()).toEqual(names.map((_, i) => i < won))
    }),
  )
})

test('where somebody else has started one, nothing is changed, whichever it is', async () => {
  for (const other of names) {
    const { replicas, workloads, now } = serviceOf(0)
    const { revision: ifRevision } = await workloads().read(service, abort)
    replicas.set(other, { running: true })
    const late = workloads().patch(service, { values: { replicas: 4 }, ifRevision, key: 'k1' }, abort)
    await expect(late).rejects.toBeInstanceOf(ConflictError)
    expect(now()).toEqual(names.map((name) => name === other))
  }
})

test('where another instance stands by since, nothing is changed', async () => {
  const { replicas, workloads } = serviceOf(0)
  const { revision: ifRevision } = await workloads().read(service, abort)
  const fewer = workloadsOf(async () => ({ always: 1, standby: names.slice(1) }), replicas)
  const late = fewer.patch(service, { values: { replicas: 2 }, ifRevision, key: 'k1' }, abort)
  await expect(late).rejects.toThrow('other instances')
  expect(replicas.effects).toEqual([])
})
