import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResourceRef } from './resource.ts'
import {
  ancestors,
  dependents,
  descendants,
  durableOwner,
  partsIn,
  related,
  topologyOf,
  type Topology,
  type TopologyNode,
} from './topology.ts'

const refOf = (i: number): ResourceRef => `lab:shop/thing/t${i}`
const node = (ref: ResourceRef, more: Partial<TopologyNode> = {}): TopologyNode => ({
  ref,
  dependsOn: [],
  durable: false,
  sharedFate: [],
  ...more,
})

/** Any graph at all: a connector may report cycles, things that are part of themselves, and owners nobody knows. */
const graphs: fc.Arbitrary<Topology> = fc
  .array(
    fc.record({
      partOf: fc.option(fc.nat(12)),
      dependsOn: fc.array(fc.nat(12), { maxLength: 3 }),
      durable: fc.boolean(),
    }),
    {
      minLength: 1,
      maxLength: 10,
    },
  )
  .map((things) =>
    topologyOf(
      things.map(({ partOf, dependsOn, durable }, i) =>
        node(refOf(i), { ...(partOf !== null && { partOf: refOf(partOf) }), dependsOn: dependsOn.map(refOf), durable }),
      ),
    ),
  )
const refs = fc.nat(12).map(refOf)

describe('in any graph, cycles included', () => {
  test('nothing is its own owner, part or dependent, and no one is named twice', () => {
    fc.assert(
      fc.property(graphs, refs, (topology, ref) => {
        for (const found of [ancestors(topology, ref), descendants(topology, ref), dependents(topology, ref)]) {
          expect(found).not.toContain(ref)
          expect(new Set(found).size).toBe(found.length)
        }
      }),
    )
  })

  test('related says the same both ways, and of everything about itself', () => {
    fc.assert(
      fc.property(graphs, refs, refs, (topology, a, b) => {
        expect(related(topology, a, a)).toBe(true)
        expect(related(topology, a, b)).toBe(related(topology, b, a))
      }),
    )
  })

  test('what is owned by another is a descendant of it, where both are known', () => {
    fc.assert(
      fc.property(graphs, refs, (topology, ref) => {
        for (const owner of topology.has(ref) ? ancestors(topology, ref) : []) {
          expect(descendants(topology, owner)).toContain(ref)
        }
      }),
    )
  })

  test('the durable owner is the target or one of its owners, and durable if any of them is', () => {
    fc.assert(
      fc.property(graphs, refs, (topology, ref) => {
        const line = [ref, ...ancestors(topology, ref)]
        const owner = durableOwner(topology, ref)
        expect(line).toContain(owner)
        const anyDurable = line.some((one) => topology.get(one)?.durable)
        expect(topology.get(owner)?.durable ?? false).toBe(anyDurable)
      }),
    )
  })

  test('who depends on a dependent is a dependent too', () => {
    fc.assert(
      fc.property(graphs, refs, (topology, ref) => {
        const found = dependents(topology, ref)
        const direct = [...topology.values()].filter(
          ({ ref: other, dependsOn }) => other !== ref && dependsOn.some((on) => on === ref || found.includes(on)),
        )
        expect(found.toSorted()).toEqual(direct.map((one) => one.ref).toSorted())
      }),
    )
  })
})

describe('a shop', () => {
  const [SHOP, WEB, WEB_1, WEB_2, API, DB] = [0, 1, 2, 3, 4, 5].map(refOf) as [
    ResourceRef,
    ResourceRef,
    ResourceRef,
    ResourceRef,
    ResourceRef,
    ResourceRef,
  ]
  const shop = topologyOf([
    node(SHOP, { durable: true }),
    node(WEB, { partOf: SHOP, durable: true, dependsOn: [API] }),
    node(WEB_1, { partOf: WEB }),
    node(WEB_2, { partOf: WEB }),
    node(API, { partOf: SHOP, durable: true, dependsOn: [DB] }),
    node(DB, { durable: true }),
  ])

  test('names owners nearest first, and direct parts only', () => {
    expect(ancestors(shop, WEB_1)).toEqual([WEB, SHOP])
    expect(partsIn(shop, SHOP)).toEqual([WEB, API])
    expect(descendants(shop, SHOP)).toEqual([WEB, API, WEB_1, WEB_2])
  })

  test('keeps counters on the nearest durable owner', () => {
    expect(durableOwner(shop, WEB_1)).toBe(WEB)
    expect(durableOwner(shop, refOf(99))).toBe(refOf(99))
  })

  test('finds who feels a failure, nearest first', () => {
    expect(dependents(shop, DB)).toEqual([API, WEB])
  })

  test('siblings are not related', () => {
    expect(related(shop, WEB_1, WEB_2)).toBe(false)
    expect(related(shop, WEB_1, SHOP)).toBe(true)
  })
})
