/** The sum of `n` products of neighbours, from `aAt` in `a` and from `bAt` in `b` on. */
export function dot(a: Float64Array, aAt: number, b: Float64Array, bAt: number, n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) sum += (a[aAt + i] ?? 0) * (b[bAt + i] ?? 0)
  return sum
}

/** Adds `factor` times `n` values of `from` to those of `to`, in place. */
export function addScaled(
  to: Float64Array,
  toAt: number,
  factor: number,
  from: Float64Array,
  fromAt: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) to[toAt + i] = (to[toAt + i] ?? 0) + factor * (from[fromAt + i] ?? 0)
}

/** Makes the values sum to 1, in place; where there is nothing to share, each has the same. None is below zero. */
export function toShares(values: Float64Array): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0)
  if (!(total > 0)) return values.fill(1 / values.length)
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) / total
  return values
}
