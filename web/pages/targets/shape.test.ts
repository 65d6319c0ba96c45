import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { PolicyView, TargetView } from '../../../src/domain/view.ts'
import {
  around,
  budgetOf,
  countsOf,
  filtered,
  filterFrom,
  flat,
  keptNow,
  keptOn,
  nearest,
  searchOf,
  STATES,
  treeOf,
} from './shape.ts'
import type { TargetFilter, TargetNode } from './shape.ts'

const ref = (name: string): ResourceRef => `lab:shop/${name.includes('-') ? 'instance' : 'service'}/${name}`
const view = (name: string, more: Partial<TargetView> = {}): TargetView => ({
  target: ref(name),
  state: 'well',
  dependsOn: [],
  calls: [],
  policies: [],
  ...(name.includes('-') && { partOf: ref(name.split('-')[0] ?? '') }),
  ...more,
})
const SHOP = [
  view('api-10'),
  view('api-2', { state: 'unwell', because: 'up = 0', policies: ['instance-down'] }),
  view('api', { dependsOn: [ref('db')] }),
  view('db'),
  view('db-1'),
  view('web', { calls: [ref('api')] }),
]
const texts = (nodes: readonly TargetNode[]): unknown[] =>
  nodes.map(({ view: { target }, parts }) => [target.split('/').at(-1), ...texts(parts)])

describe('the tree of targets', () => {
  test('has instances under their service, by name as people count', () => {
    expect(texts(treeOf(SHOP))).toEqual([['api', ['api-2'], ['api-10']], ['db', ['db-1']], ['web']])
  })

  test('line by line says under which owners each stands', () => {
    const lines = flat(treeOf(SHOP)).map(({ view: { target }, owners }) => [target, ...owners])
    expect(lines.slice(0, 3)).toEqual([[ref('api')], [ref('api-2'), ref('api')], [ref('api-10'), ref('api')]])
    expect(lines).toHaveLength(SHOP.length)
  })

  test('shows what has an unknown owner, or owns itself in a circle, by itself', () => {
    const odd = [
      view('a-1'),
      view('b', { partOf: ref('c') }),
      view('c', { partOf: ref('b') }),
      view('d', { partOf: ref('d') }),
    ]
    expect(texts(treeOf(odd))).toEqual([['a-1'], ['b'], ['c'], ['d']])
  })

  test('has every target once, whoever is part of whom', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const links = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...names, 'nobody'))
    fc.assert(
      fc.property(links, (partOf) => {
        const views = names.map((name) => view(name, partOf[name] === undefined ? {} : { partOf: ref(partOf[name]) }))
        const all = (nodes: readonly TargetNode[]): string[] =>
          nodes.flatMap((node) => [node.view.target, ...all(node.parts)])
        expect(all(treeOf(views)).toSorted()).toEqual(names.map(ref))
      }),
    )
  })

  test('is filtered to what is meant and the owners it stands under', () => {
    expect(texts(filtered(treeOf(SHOP), { state: 'unwell', text: '' }))).toEqual([['api', ['api-2']]])
    expect(texts(filtered(treeOf(SHOP), { text: ' DB-1 ' }))).toEqual([['db', ['db-1']]])
    expect(texts(filtered(treeOf(SHOP), { text: 'instance-down' }))).toEqual([['api', ['api-2']]])
    expect(texts(filtered(treeOf(SHOP), { state: 'unwell', text: 'web' }))).toEqual([])
    expect(filtered(treeOf(SHOP), { text: '' })).toEqual(treeOf(SHOP))
  })
})

test('a filter comes back from the URL as it went in', () => {
  const filters: fc.Arbitrary<TargetFilter> = fc
    .record({ state: fc.option(fc.constantFrom(...STATES), { nil: undefined }), text: fc.string({ unit: 'grapheme' }) })
    .map(({ state, text }) => ({ ...(state && { state }), text }))
  fc.assert(
    fc.property(filters, (filter) => {
      expect(filterFrom(searchOf(filter))).toEqual(filter)
    }),
  )
  expect(filterFrom('?state=sleeping&q=a')).toEqual({ text: 'a' })
})

test('every state is counted, also those that nothing is in', () => {
  expect([...countsOf(SHOP).values()]).toEqual([1, 0, 0, 0, 5, 0])
})

test('what stands around a target is known in both directions', () => {
  expect(around(SHOP, ref('api'))).toMatchObject({
    owners: [],
    dependsOn: [ref('db')],
    dependents: [{ target: ref('web'), learned: true }],
  })
  expect(around(SHOP, ref('api')).parts.map(({ target }) => target)).toEqual([ref('api-2'), ref('api-10')])
  expect(around(SHOP, ref('api-2')).owners).toEqual([ref('api')])
})

test('holds, latches and budgets of the owners count for a target', () => {
  const since = { wallMs: 0, bootMs: 0, bootId: 'b' }
  const place = { target: ref('api-2'), owners: [ref('api')] }
  const hold = { target: ref('api'), since, forMs: 1, reason: 'r', by: 'b' }
  const latch = { owner: ref('db'), since, reason: 'r' }
  expect(keptOn({ holds: [hold], latches: [latch], locks: [] }, place)).toEqual({
    holds: [hold],
    latches: [],
    locks: [],
  })
  const budget = { owner: ref('api'), used: 1, attempts: 3, withinMs: 1000, latched: false }
  expect(budgetOf([budget], place)).toBe(budget)
  expect(budgetOf([budget], { target: ref('db'), owners: [] })).toBeUndefined()
})

test('a lock keeps hands off once its run has ended, and only what it locked itself', () => {
  const lock = (run: string, mode: 'own' | 'within') => ({ resource: ref('api-2'), run, mode })
  const locks = [lock('open', 'own'), lock('stuck', 'own'), lock('stuck', 'within')]
  const kept = keptNow({ holds: [], latches: [], locks, openRuns: ['open'] })
  expect(keptOn(kept, { target: ref('api-2'), owners: [] }).locks).toEqual([lock('stuck', 'own')])
  expect(keptNow(undefined)).toEqual({ holds: [], latches: [], locks: [] })
})

test('the policies nearest to a target that nobody watches are those about its kind', () => {
  const policy = (name: string, target: string, covers: readonly ResourceRef[] = []): PolicyView =>
    ({ policy: { name, target }, covers }) as unknown as PolicyView
  const policies = [
    policy('a', 'lab:shop/instance/api-*'),
    policy('b', 'lab:shop/service/web'),
    policy('c', 'lab:**', [ref('db-1')]),
  ]
  expect(nearest(policies, ref('db-2')).map(({ policy: { name } }) => name)).toEqual(['a', 'c'])
})
