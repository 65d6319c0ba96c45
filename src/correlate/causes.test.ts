import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { at } from '../../test/gate-world.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf, type TopologyNode } from '../domain/topology.ts'
import { distinctCauses, type Opening } from './causes.ts'

const service = (name: string): ResourceRef => `lab:shop/service/${name}`
const node = (name: string, dependsOn: readonly string[] = [], host?: string): TopologyNode[] => [
  { ref: service(name), dependsOn: dependsOn.map(service), durable: true, sharedFate: [] },
  {
    ref: `lab:shop/instance/${name}-1`,
    partOf: service(name),
    dependsOn: [],
    durable: false,
    sharedFate: host === undefined ? [] : [host],
  },
]
const opening = (name: string, since = 0): Opening => ({
  root: service(name),
  since: at(since),
  failing: [`lab:shop/instance/${name}-1`],
})
const roots = (nodes: readonly TopologyNode[], ...openings: Opening[]): string[] =>
  distinctCauses(openings, topologyOf(nodes)).map(({ root }) => root)

describe('what is one cause', () => {
  test('several incidents of one root, since the first of them', () => {
    expect(distinctCauses([opening('a', 7), opening('a', 3)], topologyOf(node('a')))).toEqual([
      { root: service('a'), since: at(3) },
    ])
  })

  test('whoever needs, at any distance, what is broken itself is its symptom', () => {
    const nodes = [...node('web', ['api']), ...node('api', ['db']), ...node('db')]
    expect(roots(nodes, opening('web'), opening('db'))).toEqual([service('db')])
  })

  test('of those that need each other one is left', () => {
    const nodes = [...node('a', ['b']), ...node('b', ['a'])]
    expect(roots(nodes, opening('b'), opening('a'))).toEqual([service('a')])
  })

  test('what fails on one host', () => {
    const nodes = [...node('a', [], 'h1'), ...node('b', [], 'h1'), ...node('c', [], 'h2')]
    expect(roots(nodes, opening('a'), opening('b'), opening('c'))).toHaveLength(2)
  })
})

test('a symptom of many joins none of them', () => {
  const names = Array.from({ length: 50 }, (_, i) => `s${i}`)
  const nodes = [...node('front', names), ...names.flatMap((name) => node(name))]
  expect(roots(nodes, opening('front'), ...names.map((name) => opening(name)))).toHaveLength(50)
})

test('there is a cause wherever something was opened, and never more than roots, in any order', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const edges = fc.array(fc.tuple(fc.nat(4), fc.nat(4)))
  const hosts = fc.array(fc.constantFrom('h1', 'h2', undefined), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(edges, hosts, fc.subarray(names, { minLength: 1 }), (needs, on, opened) => {
      const nodes = names.flatMap((name, i) =>
        node(
          name,
          needs.filter(([from]) => from === i).map(([, to]) => names[to] ?? ''),
          on[i],
        ),
      )
      const found = roots(nodes, ...opened.map((name) => opening(name)))
      expect(found.length).toBeGreaterThanOrEqual(1)
      expect(found.length).toBeLessThanOrEqual(opened.length)
      expect(roots(nodes, ...opened.toReversed().map((name) => opening(name)))).toHaveLength(found.length)
    }),
  )
})
