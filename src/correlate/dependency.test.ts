import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findingOn, step } from '../../test/correlation-world.ts'
import { node } from '../../test/diagnosis-world.ts'
import type { Incident } from '../domain/incident.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { durableOwner, topologyOf, type Topology } from '../domain/topology.ts'

const ref = (name: string): ResourceRef => `net:dc/device/${name}`
const [GATEWAY, WEB, API, DB] = ['gateway', 'web', 'api', 'db'].map(ref) as [
  ResourceRef,
  ResourceRef,
  ResourceRef,
  ResourceRef,
]
const [WEB_1, DB_1] = [ref('web-1'), ref('db-1')]

/** gateway rests on web, web on api, api on db; two of them have an instance. */
const chain = topologyOf([
  node(GATEWAY, { dependsOn: [WEB] }),
  node(WEB, { dependsOn: [API] }),
  node(WEB_1, { partOf: WEB, durable: false }),
  node(API, { dependsOn: [DB] }),
  node(DB),
  node(DB_1, { partOf: DB, durable: false }),
])

/** Owners of the open incidents with the targets that each is about. */
const shapeOf = (open: readonly Incident[]): Record<string, ResourceRef[]> =>
  Object.fromEntries(open.map(({ owner, findings }) => [owner, findings.map(({ target }) => target).toSorted()]))
const found = (topology: Topology, ...rounds: ResourceRef[][]): Record<string, ResourceRef[]> =>
  shapeOf(
    rounds.reduce<Incident[]>(
      (open, refs) =>
        step(
          open,
          refs.map((one) => findingOn(one)),
          topology,
        ),
      [],
    ),
  )

describe('what rests on one another', () => {
  test('a router down and twelve alerts behind it are one incident, on the router', () => {
    const behind = Array.from({ length: 12 }, (_, i) => ref(`host-${i}`))
    const router = ref('router')
    const topology = topologyOf([node(router), ...behind.map((one) => node(one, { dependsOn: [router] }))])
    expect(found(topology, [...behind, router])).toEqual({ [router]: [...behind, router].toSorted() })
    expect(found(topology, [router], [...behind, router])).toEqual({ [router]: [...behind, router].toSorted() })
  })

  test('two unrelated crashes stay two, also where one other target rests on both', () => {
    const [a, b, both] = [ref('a'), ref('b'), ref('both')]
    const topology = topologyOf([node(a), node(b), node(both, { dependsOn: [a, b] })])
    expect(found(topology, [a, b])).toEqual({ [a]: [a], [b]: [b] })
    expect(found(topology, [a, b, both])).toEqual({ [a]: [a, both], [b]: [b] })
    expect(found(topology, [a, both], [a, b, both])).toEqual({ [a]: [a, both], [b]: [b] })
  })

  test('a shared dependency that is well joins nobody', () => {
    const [a, b, shared] = [ref('a'), ref('b'), ref('shared')]
    const topology = topologyOf([node(shared), node(a, { dependsOn: [shared] }), node(b, { dependsOn: [shared] })])
    expect(found(topology, [a, b])).toEqual({ [a]: [a], [b]: [b] })
  })

  test('a chain leads through what is unhealthy, and no further', () => {
    expect(found(chain, [GATEWAY, WEB_1, API, DB_1])).toEqual({ [DB]: [API, DB_1, GATEWAY, WEB_1].toSorted() })
    expect(found(chain, [GATEWAY, DB_1])).toEqual({ [DB]: [DB_1], [GATEWAY]: [GATEWAY] })
  })

  test('what is deeper, and found later, joins the incident of its symptom, which keeps its owner', () => {
    expect(found(chain, [WEB_1], [WEB_1, API], [WEB_1, API, DB])).toEqual({ [WEB]: [API, DB, WEB_1].toSorted() })
  })

  test('what joined by dependency brings its lineage with it', () => {
    const web2 = ref('web-2')
    const topology = topologyOf([...chain.values(), node(web2, { partOf: WEB, durable: false })])
    expect(found(topology, [API, WEB_1], [API, WEB_1, web2])).toEqual({ [API]: [API, WEB_1, web2].toSorted() })
  })

  test('calls that were learned count as dependencies', () => {
    const topology = topologyOf([node(WEB, { learned: [API] }), node(API)])
    expect(found(topology, [WEB, API])).toEqual({ [API]: [API, WEB].toSorted() })
  })

  test('what nobody sees goes by lineage alone', () => {
    const open = step([], [findingOn(WEB, { state: 'blind' }), findingOn(API)], chain)
    expect(open.map(({ owner }) => owner).toSorted()).toEqual([API, WEB])
  })
})

const refOf = (i: number): ResourceRef => ref(`t${i}`)
const networks: fc.Arbitrary<Topology> = fc
  .array(
    fc.record({ parent: fc.option(fc.nat()), needs: fc.array(fc.nat(9), { maxLength: 3 }), durable: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 10,
    },
  )
  .map((things) =>
    topologyOf(
      things.map(({ parent, needs, durable }, i) =>
        node(refOf(i), {
          durable,
          dependsOn: needs.map(refOf),
          ...(parent !== null && i > 0 && { partOf: refOf(parent % i) }),
        }),
      ),
    ),
  )
const worlds = fc.array(fc.uniqueArray(fc.nat(10), { maxLength: 6 }), { minLength: 1, maxLength: 6 })
const findingsOf = (round: readonly number[]): ReturnType<typeof findingOn>[] => round.map((i) => findingOn(refOf(i)))

describe('in any network, round after round', () => {
  test('the order of the findings is nothing', () => {
    fc.assert(
      fc.property(networks, worlds, fc.func(fc.nat()), (topology, rounds, random) => {
        let [one, other]: Incident[][] = [[], []]
        for (const round of rounds) {
          one = step(one!, findingsOf(round), topology)
          other = step(other!, findingsOf(round.toSorted((a, b) => random(a) - random(b))), topology)
          expect(shapeOf(other)).toEqual(shapeOf(one))
        }
      }),
    )
  })

  test('called again with the same world it answers nothing, and every finding is in one incident', () => {
    fc.assert(
      fc.property(networks, worlds, (topology, rounds) => {
        let open: Incident[] = []
        for (const round of rounds) {
          open = step(open, findingsOf(round), topology)
          expect(step(open, findingsOf(round), topology)).toEqual(open)
          const held = open.flatMap(({ findings }) => findings.map(({ target }) => target))
          expect(held.toSorted()).toEqual(round.map(refOf).toSorted())
        }
      }),
    )
  })

  test('what is once together or apart stays so', () => {
    fc.assert(
      fc.property(networks, worlds, (topology, rounds) => {
        let open: Incident[] = []
        for (const round of rounds) {
          const before = new Map(open.flatMap(({ id, findings }) => findings.map((f) => [f.fingerprint, id] as const)))
          open = step(open, findingsOf(round), topology)
          for (const { id, findings } of open) {
            for (const { fingerprint } of findings) expect(before.get(fingerprint) ?? id).toBe(id)
          }
        }
      }),
    )
  })

  test('a new incident is owned by the durable owner of one of its findings', () => {
    fc.assert(
      fc.property(networks, fc.uniqueArray(fc.nat(10), { maxLength: 6 }), (topology, round) => {
        for (const { owner, findings } of step([], findingsOf(round), topology)) {
          expect(findings.map(({ target }) => durableOwner(topology, target))).toContain(owner)
        }
      }),
    )
  })
})
