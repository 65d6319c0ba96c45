import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { TargetView } from '../../../src/domain/view.ts'
import { layersOf, layoutOf, type Line } from './layout.ts'

const ref = (name: string): ResourceRef => `lab:shop/service/${name}`
const view = (name: string, more: Partial<TargetView> = {}): TargetView => ({
  target: ref(name),
  state: 'well',
  dependsOn: [],
  calls: [],
  policies: [],
  ...more,
})
const names = Array.from({ length: 12 }, (_, index) => ref(`s${index}`))
const line = fc.record({ from: fc.constantFrom(...names), to: fc.constantFrom(...names), learned: fc.boolean() })

test('what is depended on lies below, as far as there is no circle', () => {
  const down = fc.array(line.map((one): Line => (one.from < one.to ? one : { ...one, from: one.to, to: one.from })))
  fc.assert(
    fc.property(down, (lines) => {
      const depth = depthsOf(lines)
      for (const { from, to } of lines) if (from !== to) expect(depth.get(to)).toBeGreaterThan(depth.get(from) ?? 99)
    }),
  )
})

test('every box is in one layer, whatever circles there are', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(layersOf(names, lines).flat().toSorted()).toEqual(names.toSorted())
    }),
  )
})

test('parts lie in the box of their owner, and their dependencies are the box’s', () => {
  const { boxes, lines } = layoutOf([
    view('web', { dependsOn: [ref('api')] }),
    view('web-10', { partOf: ref('web'), calls: [ref('api-1')] }),
    view('web-2', { partOf: ref('web'), calls: [ref('db')] }),
    view('api'),
    view('api-1', { partOf: ref('api') }),
    view('db'),
  ])
  expect(boxes.map(({ target, parts }) => [target.target, ...parts.map((part) => part.target)])).toEqual([
    [ref('web'), ref('web-2'), ref('web-10')],
    [ref('api'), ref('api-1')],
    [ref('db')],
  ])
  expect(lines).toEqual([
    { from: ref('web'), to: ref('api'), learned: false },
    { from: ref('web'), to: ref('db'), learned: true },
  ])
})

test('three hundred targets lie apart from each other, and always in the same places', () => {
  const targets = Array.from({ length: 300 }, (_, index) =>
    view(
      `s${index}`,
      index < 60 ? { dependsOn: [ref(`s${(index * 7 + 11) % 60}`)] } : { partOf: ref(`s${index % 60}`) },
    ),
  )
  const { boxes } = layoutOf(targets)
  expect(boxes).toHaveLength(60)
  for (const [index, a] of boxes.entries()) {
    for (const b of boxes.slice(index + 1)) {
      expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y).toBe(true)
    }
  }
  expect(layoutOf(targets)).toEqual(layoutOf(targets))
})

function depthsOf(lines: readonly Line[]): ReadonlyMap<ResourceRef, number> {
  return new Map(layersOf(names, lines).flatMap((layer, depth) => layer.map((one) => [one, depth])))
}
