import { describe, expect, test } from 'vitest'
import { node } from '../../../test/diagnosis-world.ts'
import { API, WEB, WEB_1 } from '../../../test/gate-world.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { dependents, topologyOf, type Topology } from '../../domain/topology.ts'
import { learnedFrom, withCalls } from './calls.ts'

const DB: ResourceRef = 'lab:shop/service/db'
const POOL: ResourceRef = 'edge:shop/pool/api'
const SHOP = topologyOf([
  node(WEB, { dependsOn: [API] }),
  node(WEB_1, { partOf: WEB, durable: false }),
  node(API),
  node(DB),
  node(POOL, { can: ['traffic'] }),
])
const learned = (topology: Topology, ref: ResourceRef): readonly ResourceRef[] | undefined => topology.get(ref)?.learned
const NO_NAMES = new Map<string, ResourceRef>()

describe('calls that were seen', () => {
  test('become learned dependencies of what is known by the name, and of nothing else', () => {
    const topology = learnedFrom(
      SHOP,
      [
        { from: 'api', to: 'db' },
        { from: 'api', to: 'nobody' },
      ],
      NO_NAMES,
    )
    expect(learned(topology, API)).toEqual([DB])
    expect(topology.get(API)?.dependsOn).toEqual([])
    // What may be acted upon follows what was declared, and not this.
    expect(dependents(topology, DB)).toEqual([])
  })

  test('are found by the names of the configuration first', () => {
    const names = new Map([
      ['orders', API],
      ['db', WEB],
    ])
    expect(learned(learnedFrom(SHOP, [{ from: 'orders', to: 'db' }], names), API)).toEqual([WEB])
  })

  test('teach nothing where two have the name, it was declared, or it is of one lineage', () => {
    const twice = topologyOf([...SHOP.values(), node('k8s:shop/service/api')])
    expect(learnedFrom(twice, [{ from: 'api', to: 'db' }], NO_NAMES)).toBe(twice)
    expect(learnedFrom(SHOP, [{ from: 'web', to: 'api' }], NO_NAMES)).toBe(SHOP)
    expect(learnedFrom(SHOP, [{ from: 'web', to: 'w1' }], new Map([['w1', WEB_1]]))).toBe(SHOP)
  })

  test('are worked in once for each topology and each set of calls', () => {
    let calls = [{ from: 'api', to: 'db' }]
    const topology = withCalls(
      () => SHOP,
      () => calls,
      () => NO_NAMES,
    )
    const first = topology()
    expect(topology()).toBe(first)
    calls = [...calls, { from: 'web', to: 'db' }]
    expect(learned(topology(), WEB)).toEqual([DB])
  })
})
