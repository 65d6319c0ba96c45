import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { TargetView } from '../../../src/domain/view.ts'

/** A target with the targets that are its parts and have none themselves: what the map shows as one box. */
export type Box = {
  readonly target: TargetView
  readonly parts: readonly TargetView[]
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A line from who depends to what is depended on. `learned`: seen in calls only, declared by nobody. */
export type Line = { readonly from: ResourceRef; readonly to: ResourceRef; readonly learned: boolean }
export type Layout = { readonly boxes: readonly Box[]; readonly lines: readonly Line[] }

/** In pixels. A box with more parts than `NAMED` shows them by their marks alone. */
export const NAMED = 8
const WIDTH = 224
const HEAD = 36
const ROW = 28
const MARKS_IN_ROW = 7
const GAP = { x: 32, y: 56 }
const IN_ROW = 8

/** Who depends stands above what is depended on; the same targets always lie in the same places. */
export function layoutOf(targets: readonly TargetView[]): Layout {
  const groups = groupsOf(targets)
  const lines = linesBetween(groups)
  const layers = layersOf([...groups.keys()], lines)
  const middle = (WIDTH * Math.min(IN_ROW, Math.max(0, ...layers.map((layer) => layer.length)))) / 2
  const boxes = new Map<ResourceRef, Box>()
  let y = 0
  for (const layer of layers) {
    for (const row of chunks(underDependents(layer, lines, boxes), IN_ROW)) {
      const placed = row.flatMap((ref, column) => {
        const group = groups.get(ref)
        const x = middle + (column - row.length / 2) * (WIDTH + GAP.x)
        return group ? [{ ...group, x, y, width: WIDTH, height: heightOf(group.parts.length) }] : []
      })
      for (const box of placed) boxes.set(box.target.target, box)
      y += Math.max(...placed.map(({ height }) => height)) + GAP.y
    }
  }
  return { boxes: [...boxes.values()], lines }
}

type Group = { readonly target: TargetView; readonly parts: readonly TargetView[] }

/** Parts without parts of their own go into the box of their owner; everything else has a box. */
function groupsOf(targets: readonly TargetView[]): ReadonlyMap<ResourceRef, Group> {
  const known = new Set(targets.map(({ target }) => target))
  const owners = new Set(targets.flatMap(({ partOf }) => (partOf === undefined ? [] : [partOf])))
  const ownerOf = ({ target, partOf }: TargetView): ResourceRef =>
    partOf !== undefined && known.has(partOf) && !owners.has(target) ? partOf : target
  const byOwner = Map.groupBy(inNameOrder(targets), ownerOf)
  const groups = targets.flatMap((target) => {
    const members = byOwner.get(target.target)
    if (!members && !owners.has(target.target)) return []
    return [{ target, parts: (members ?? []).filter((member) => member !== target) }]
  })
  return new Map(groups.map((group) => [group.target.target, group]))
}

/** The dependencies of a box are its own and those of its parts, on the boxes in which these lie; each once. */
function linesBetween(groups: ReadonlyMap<ResourceRef, Group>): readonly Line[] {
  const boxOf = new Map(
    [...groups].flatMap(([ref, { target, parts }]) => [target, ...parts].map((one) => [one.target, ref])),
  )
  const found = new Map<string, Line>()
  for (const [from, { target, parts }] of groups) {
    for (const one of [target, ...parts]) {
      const declared = one.dependsOn.map((to) => ({ to, learned: false }))
      for (const { to, learned } of [...declared, ...one.calls.map((to) => ({ to, learned: true }))]) {
        const box = boxOf.get(to)
        if (box === undefined || box === from || found.get(`${from} ${box}`)?.learned === false) continue
        found.set(`${from} ${box}`, { from, to: box, learned })
      }
    }
  }
  return [...found.values()]
}

/**
 * Each as deep as the longest way down to it; what nobody depends on stands right above what it depends on. A line that
 * would close a circle counts for nothing.
 */
export function layersOf(refs: readonly ResourceRef[], lines: readonly Line[]): readonly (readonly ResourceRef[])[] {
  const below = Map.groupBy(lines, ({ from }) => from)
  const order = new Map(fromTheTop(refs, lines, below).map((ref, index) => [ref, index]))
  const depths = new Map<ResourceRef, number>()
  for (const [ref, place] of order) {
    const depth = depths.get(ref) ?? 0
    depths.set(ref, depth)
    for (const { to } of below.get(ref) ?? []) {
      if ((order.get(to) ?? -1) > place) depths.set(to, Math.max(depths.get(to) ?? 0, depth + 1))
    }
  }
  const layers = Map.groupBy(refs, (ref) => nearest(ref, depths, below.get(ref) ?? []))
  return [...layers].toSorted(([a], [b]) => a - b).map(([, layer]) => layer)
}

function nearest(ref: ResourceRef, depths: ReadonlyMap<ResourceRef, number>, lines: readonly Line[]): number {
  const depth = depths.get(ref) ?? 0
  const next = Math.min(...lines.map(({ to }) => depths.get(to) ?? 0))
  return depth === 0 && next !== Infinity ? Math.max(0, next - 1) : depth
}

/** Everything before what it depends on, but for lines that close a circle: depth first, the last to be left first. */
function fromTheTop(
  refs: readonly ResourceRef[],
  lines: readonly Line[],
  below: ReadonlyMap<ResourceRef, readonly Line[]>,
): readonly ResourceRef[] {
  const needed = new Set(lines.map(({ to }) => to))
  const seen = new Set<ResourceRef>()
  const left: ResourceRef[] = []
  const visit = (ref: ResourceRef): void => {
    if (seen.has(ref)) return
    seen.add(ref)
    for (const { to } of below.get(ref) ?? []) visit(to)
    left.push(ref)
  }
  for (const ref of refs.toSorted((a, b) => Number(needed.has(a)) - Number(needed.has(b)))) visit(ref)
  return left.toReversed()
}

/** Each under the middle of those above that depend on it, so that lines are short; the rest by name, behind. */
function underDependents(
  layer: readonly ResourceRef[],
  lines: readonly Line[],
  above: ReadonlyMap<ResourceRef, Box>,
): readonly ResourceRef[] {
  const middleOf = (ref: ResourceRef): number => {
    const places = lines.flatMap(({ from, to }) => (to === ref ? (above.get(from)?.x ?? []) : []))
    return places.length > 0 ? places.reduce((sum, x) => sum + x, 0) / places.length : Infinity
  }
  const middles = new Map(layer.map((ref) => [ref, middleOf(ref)]))
  return layer.toSorted((a, b) => {
    const [left, right] = [middles.get(a) ?? Infinity, middles.get(b) ?? Infinity]
    return left === right ? byName(a, b) : left - right
  })
}

const inNameOrder = (targets: readonly TargetView[]): readonly TargetView[] =>
  targets.toSorted((a, b) => byName(a.target, b.target))

const byName = (a: ResourceRef, b: ResourceRef): number => a.localeCompare(b, 'en', { numeric: true })

function heightOf(parts: number): number {
  if (parts === 0) return HEAD
  const rows = parts <= NAMED ? Math.ceil(parts / 2) : Math.ceil(parts / MARKS_IN_ROW)
  return HEAD + rows * ROW + 8
}

function chunks<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
