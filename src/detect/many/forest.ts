import { toShares } from '../../lib/vectors.ts'

/**
 * An isolation forest (Liu, Ting, Zhou 2008): how few random cuts set a row apart. All trees stand in the same three
 * arrays, each in preorder, so that the left child is the next node; a leaf keeps the length of its path.
 */
export type Forest = {
  readonly features: number
  /** Rows each tree was grown from. */
  readonly sample: number
  /** Where each tree begins. */
  readonly roots: Int32Array
  /** The feature a node cuts, or -1 for a leaf. */
  readonly cuts: Int32Array
  /** Where a node cuts: below goes left. Of a leaf the length of the path to it, with what was left uncut. */
  readonly values: Float64Array
  readonly rights: Int32Array
}

export type ForestSettings = { readonly trees: number; readonly sample: number }

/** The paper's own. */
export const FOREST: ForestSettings = { trees: 100, sample: 256 }

const EULER = 0.577_215_664_901_532_9

/** c(n): the mean length of an unsuccessful search in a binary tree of n keys, by which lengths of paths are measured. */
export function meanPath(n: number): number {
  if (n <= 1) return 0
  if (n === 2) return 1
  return 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n
}

type Growing = {
  readonly rows: Float64Array
  readonly features: number
  readonly limit: number
  readonly random: () => number
  /** All features, in whatever order they were drawn in last. */
  readonly order: Int32Array
  readonly forest: Forest
  size: number
}

/** Grows a forest from rows that stand one after the other. `random` gives numbers from 0 to 1, without 1. */
export function growForest(
  rows: Float64Array,
  features: number,
  random: () => number,
  { trees, sample }: ForestSettings = FOREST,
): Forest {
  const count = Math.floor(rows.length / features)
  const taken = Math.min(sample, count)
  const room = trees * Math.max(1, 2 * taken - 1)
  const forest: Forest = {
    features,
    sample: taken,
    roots: new Int32Array(trees),
    cuts: new Int32Array(room),
    values: new Float64Array(room),
    rights: new Int32Array(room),
  }
  const order = Int32Array.from({ length: features }, (_, i) => i)
  const growing: Growing = {
    rows,
    features,
    limit: Math.ceil(Math.log2(Math.max(2, taken))),
    random,
    forest,
    size: 0,
    order,
  }
  const all = Int32Array.from({ length: count }, (_, i) => i)
  for (let tree = 0; tree < trees; tree++) {
    forest.roots[tree] = growing.size
    grow(growing, drawn(all, taken, random), 0, taken, 0)
  }
  const { size } = growing
  return {
    ...forest,
    cuts: forest.cuts.slice(0, size),
    values: forest.values.slice(0, size),
    rights: forest.rights.slice(0, size),
  }
}

/** The first `n` after a shuffle of just them: each set of n is as likely as any other. */
function drawn(all: Int32Array, n: number, random: () => number): Int32Array {
  for (let i = 0; i < n; i++) swap(all, i, i + Math.floor(random() * (all.length - i)))
  return all.slice(0, n)
}

function swap(values: Int32Array, i: number, j: number): void {
  const kept = values[i] ?? 0
  values[i] = values[j] ?? 0
  values[j] = kept
}

/** Grows the node of `picked[from..to)` at `depth`, then what is below it. */
function grow(growing: Growing, picked: Int32Array, from: number, to: number, depth: number): void {
  const node = growing.size++
  const { forest, limit } = growing
  const cut = depth < limit && to - from > 1 ? cutOf(growing, picked, from, to) : undefined
  forest.cuts[node] = cut ? cut.feature : -1
  forest.values[node] = cut ? cut.value : depth + meanPath(to - from)
  if (!cut) return
  const middle = parted(growing, picked, from, to, cut)
  grow(growing, picked, from, middle, depth + 1)
  forest.rights[node] = growing.size
  grow(growing, picked, middle, to, depth + 1)
}

type Cut = { readonly feature: number; readonly value: number }

/** A random feature among those that differ here, and a random value between its ends; undefined when all rows are one. */
function cutOf(
  { rows, features, order, random }: Growing,
  picked: Int32Array,
  from: number,
  to: number,
): Cut | undefined {
  for (let k = 0; k < features; k++) {
    swap(order, k, k + Math.floor(random() * (features - k)))
    const feature = order[k] ?? 0
    let low = Infinity
    let high = -Infinity
    for (let i = from; i < to; i++) {
      const value = rows[(picked[i] ?? 0) * features + feature] ?? 0
      if (value < low) low = value
      if (value > high) high = value
    }
    if (high > low) return { feature, value: between(low, high, random) }
  }
  return undefined
}

/** Above `low` at least, so that a cut always sets something apart. */
function between(low: number, high: number, random: () => number): number {
  const value = low + random() * (high - low)
  return value > low ? value : high
}

/** Rows below the cut first; gives where the others begin. */
function parted({ rows, features }: Growing, picked: Int32Array, from: number, to: number, cut: Cut): number {
  let middle = from
  for (let i = from; i < to; i++) {
    if ((rows[(picked[i] ?? 0) * features + cut.feature] ?? 0) < cut.value) swap(picked, i, middle++)
  }
  return middle
}

/** The paper's score: above 0.5 the row is set apart sooner than most; towards 1 it is alone. */
export function forestScore(forest: Forest, row: Float64Array): number {
  const { roots, cuts, values, rights } = forest
  let total = 0
  for (let tree = 0; tree < roots.length; tree++) {
    let node = roots[tree] ?? 0
    for (let feature = cuts[node] ?? -1; feature >= 0; feature = cuts[node] ?? -1) {
      node = (row[feature] ?? 0) < (values[node] ?? 0) ? node + 1 : (rights[node] ?? 0)
    }
    total += values[node] ?? 0
  }
  return 2 ** -(total / roots.length / meanPath(forest.sample))
}

/** Whose cuts set the row apart: each cut on a path counts the more, the shorter the path. Sums to 1. */
export function forestShares(forest: Forest, row: Float64Array): Float64Array {
  const { roots, cuts, values, rights, features } = forest
  const shares = new Float64Array(features)
  const path = new Int32Array(64)
  for (const root of roots) {
    let [node, depth] = [root, 0]
    for (let feature = cuts[node] ?? -1; feature >= 0; feature = cuts[node] ?? -1) {
      path[depth++] = feature
      node = (row[feature] ?? 0) < (values[node] ?? 0) ? node + 1 : (rights[node] ?? 0)
    }
    const weight = 1 / Math.max(1, values[node] ?? 0) ** 2
    for (let i = 0; i < depth; i++) shares[path[i] ?? 0] = (shares[path[i] ?? 0] ?? 0) + weight
  }
  return toShares(shares)
}
