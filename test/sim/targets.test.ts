import { expect, test } from 'vitest'
import { actionLaws } from '../action-laws.ts'
import { instancesLaws } from '../connector-laws.ts'
import { fakeClock, type FakeClock } from '../fakes/fake-clock.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { setWeight } from './actions.ts'
import { HONEST, targetsOver, type Targets } from './network.ts'
import { randomOf } from './random.ts'
import { makeWorld, type World } from './world.ts'

const target: ResourceRef = 'sim:shop/instance/web-1'

type Honest = Targets & { readonly world: World; readonly silence: () => void }

/** The simulated targets without a fault, whose time passes while somebody waits for them. */
function honest(): Honest {
  const clock = fakeClock()
  const world = makeWorld(clock)
  let isSilent = false
  const targets = targetsOver({
    clock,
    world,
    random: randomOf(1),
    fates: () => HONEST,
    isSilent: () => isSilent,
    onCall: () => {},
    onLate: () => {},
  })
  const { instances, weights, cache } = targets
  return {
    world,
    silence: () => (isSilent = true),
    instances: {
      read: (...x) => passing(clock, instances.read(...x)),
      restart: (...x) => passing(clock, instances.restart(...x)),
    },
    weights: { read: (...x) => passing(clock, weights.read(...x)), set: (...x) => passing(clock, weights.set(...x)) },
    cache: { flush: (...x) => passing(clock, cache.flush(...x)) },
  }
}

async function passing<T>(clock: FakeClock, asked: Promise<T>): Promise<T> {
  asked.catch(() => {}) // it may fail before anybody waits for it
  await clock.advance(500)
  return asked
}

instancesLaws('the instances of the simulated shop', async () => {
  const { instances, world, silence } = honest()
  return {
    instances,
    target,
    effects: async () => world.landings.length,
    crash: async () => world.fallIll(target, { name: 'dead', curedBy: ['restart'], endsAtMs: Infinity }),
    blind: async () => silence(),
    close: async () => {},
  }
})

actionLaws(setWeight, {
  params: { target, weight: 0 },
  tools: honest,
  state: ({ world }) => world.weight(target).weight,
  disturb: ({ world }) => world.setWeightByHand(target, 7),
})

test('an apply that is still on its way when it is undone comes too late', async () => {
  const { weights, world } = honest()
  const abort = new AbortController().signal
  const x = { params: { target, weight: 0 }, tools: { weights }, abort }
  const before = await setWeight.capture(x)
  const { revision } = world.weight(target)
  if (setWeight.reversibility === 'reversible') await setWeight.rollback({ ...x, before, key: 'run-1/step/undo' })
  await expect(weights.set(target, { weight: 0, ifRevision: revision, key: 'run-1/step' }, abort)).rejects.toThrow(
    'has changed',
  )
  expect(world.weight(target).weight).toBe(before.weight)
})
