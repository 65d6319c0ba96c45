import { describe, expect, test } from 'vitest'
import { BlindError, ConflictError } from '../src/domain/errors.ts'
import type { Connector, Instances, InstanceState } from '../src/domain/ports.ts'
import { partsOf, type ResourceRef } from '../src/domain/resource.ts'
import { topologyOf } from '../src/domain/topology.ts'
import { until, worldsOf } from './worlds.ts'

const abort = new AbortController().signal

/** One running instance, and what may happen to it behind the back of whoever uses the capability. */
export type InstancesWorld = {
  readonly instances: Instances
  readonly target: ResourceRef
  /** Restarts that the target itself counts. */
  readonly effects: () => Promise<number>
  /** The instance dies. */
  readonly crash: () => Promise<unknown>
  /** Whoever knows the instance stops answering. */
  readonly blind: () => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** What every `Instances` keeps, real or fake. */
export function instancesLaws(name: string, make: () => Promise<InstancesWorld>): void {
  const opened = worldsOf(make)
  const begin = async (): Promise<InstancesWorld & { first: InstanceState }> => {
    const world = await opened()
    return { ...world, first: await settled(world, (state) => state.ready) }
  }

  describe(name, () => {
    test('reading changes nothing', async () => {
      const { instances, target, first, effects } = await begin()
      expect(await instances.read(target, abort)).toEqual(first)
      expect(first).toMatchObject({ running: true, ready: true })
      expect(await effects()).toBe(0)
    })

    test('a restart puts a new process behind the name, which becomes ready', async () => {
      const { instances, target, first, effects } = await begin()
      await instances.restart(target, { ifIdentity: first.identity, key: 'k1' }, abort)
      const now = await instances.read(target, abort)
      expect(now.identity).not.toBe(first.identity)
      expect(now.startedAtMs).toBeGreaterThanOrEqual(first.startedAtMs)
      const later = await settled({ instances, target }, (state) => state.ready)
      expect(later).toMatchObject({ identity: now.identity, running: true })
      expect(await effects()).toBe(1)
    })

    test('the same key again does nothing more, also once the instance is another', async () => {
      const { instances, target, first, effects } = await begin()
      const change = { ifIdentity: first.identity, key: 'k1' }
      await instances.restart(target, change, abort)
      const second = await instances.read(target, abort)
      await instances.restart(target, change, abort)
      expect((await instances.read(target, abort)).identity).toBe(second.identity)

      await instances.restart(target, { ifIdentity: second.identity, key: 'k2' }, abort)
      await instances.restart(target, change, abort)
      expect(await effects()).toBe(2)
    })

    test('an instance that is no longer the one that was meant is left alone', async () => {
      const { instances, target, first, effects } = await begin()
      await instances.restart(target, { ifIdentity: first.identity, key: 'k1' }, abort)
      const now = await instances.read(target, abort)
      const late = instances.restart(target, { ifIdentity: first.identity, key: 'k2' }, abort)
      await expect(late).rejects.toBeInstanceOf(ConflictError)
      expect((await instances.read(target, abort)).identity).toBe(now.identity)
      expect(await effects()).toBe(1)
    })

    test('of two that want to restart the same process, one does', async () => {
      const { instances, target, first, effects } = await begin()
      const both = ['k1', 'k2'].map((key) => instances.restart(target, { ifIdentity: first.identity, key }, abort))
      const ends = (await Promise.allSettled(both)).map(({ status }) => status)
      expect(ends.toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(await effects()).toBe(1)
    })

    test('a dead instance keeps its identity, stays dead until it is restarted, and then runs', async () => {
      const { instances, target, first, crash } = await begin()
      await crash()
      const dead = await settled({ instances, target }, (state) => !state.running)
      expect(dead).toMatchObject({ identity: first.identity, startedAtMs: first.startedAtMs, ready: false })
      await instances.restart(target, { ifIdentity: dead.identity, key: 'k1' }, abort)
      expect((await settled({ instances, target }, (state) => state.ready)).identity).not.toBe(first.identity)
    })

    test('whoever gives up before it began gets an error, and nothing is done', async () => {
      const { instances, target, first, effects } = await begin()
      const givenUp = AbortSignal.abort(new Error('too late'))
      await expect(instances.read(target, givenUp)).rejects.toThrow()
      const restart = instances.restart(target, { ifIdentity: first.identity, key: 'k1' }, givenUp)
      await expect(restart).rejects.toThrow()
      expect((await instances.read(target, abort)).identity).toBe(first.identity)
      expect(await effects()).toBe(0)
    })

    test('what does not answer is blindness, and what is not known too', async () => {
      const { instances, target, first, blind } = await begin()
      const { connector, namespace } = partsOf(target)
      const unknown: ResourceRef = `${connector}:${namespace}/instance/nobody`
      await expect(instances.read(unknown, abort)).rejects.toBeInstanceOf(BlindError)
      await blind()
      await expect(instances.read(target, abort)).rejects.toBeInstanceOf(BlindError)
      await expect(instances.restart(target, { ifIdentity: first.identity, key: 'k1' }, abort)).rejects.toMatchObject({
        name: 'RetryableError',
      })
    })
  })
}

/** At least two instances of one service, of which one can be made blind. */
export type ConnectorWorld = {
  readonly connector: Connector
  readonly instances: readonly [ResourceRef, ResourceRef, ...ResourceRef[]]
  readonly blind: (target: ResourceRef) => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** What every connector keeps. */
export function connectorLaws(name: string, make: () => Promise<ConnectorWorld>): void {
  const begin = worldsOf(make)

  describe(name, () => {
    test('every target is under its own name, and part of something durable', async () => {
      const { connector, instances } = await begin()
      const { nodes, addresses } = await connector.discover(abort)
      const topology = topologyOf(nodes)
      expect(topology.size).toBe(nodes.length)
      for (const { ref } of nodes) expect(partsOf(ref).connector).toBe(connector.name)
      for (const ref of instances) {
        const owner = topology.get(topology.get(ref)!.partOf!)
        expect(owner?.durable).toBe(true)
        expect(addresses.get(ref)).toMatch(/:\d+$/)
      }
    })

    test('a look gives every instance the same metrics, stamped with the time of the look', async () => {
      const { connector, instances } = await begin()
      const { source, intervalMs, samples } = await connector.observe(abort, 1_800_000_000_000)
      expect(source).toBe(connector.name)
      expect(intervalMs).toBeGreaterThan(0)
      const metrics = instances.map((ref) => samples.filter(({ target }) => target === ref).map(({ metric }) => metric))
      for (const of of metrics) expect(of.toSorted()).toEqual(metrics[0]!.toSorted())
      expect(metrics[0]).toContain('running')
      expect(samples.every(({ at, value }) => at === 1_800_000_000_000 && Number.isFinite(value))).toBe(true)
    })

    test('a blind target stays on the map, and nothing is said about it', async () => {
      const { connector, instances, blind } = await begin()
      const before = await connector.discover(abort)
      await blind(instances[0])
      expect(await connector.discover(abort)).toEqual(before)
      const { samples } = await connector.observe(abort, 1)
      expect(samples.filter(({ target }) => target === instances[0])).toEqual([])
      expect(samples.filter(({ target }) => target === instances[1])).not.toEqual([])
    })
  })
}

/** Reads until the condition holds, or ten seconds have passed; answers the last state. */
async function settled(
  { instances, target }: Pick<InstancesWorld, 'instances' | 'target'>,
  condition: (state: InstanceState) => boolean,
): Promise<InstanceState> {
  return until(() => instances.read(target, abort), condition)
}
