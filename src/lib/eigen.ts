/** Values largest first; vector `k` stands in `vectors` from `k * n` on, of length 1. */
export type Eigen = { readonly values: Float64Array; readonly vectors: Float64Array }

const SWEEPS = 30

/**
 * All eigenvalues and vectors of a symmetric matrix of `n` rows (row by row; only read), by Jacobi's rotations: slow for
 * hundreds of rows, exact and simple for tens.
 */
export function eigenOf(matrix: Float64Array, n: number): Eigen {
  const a = Float64Array.from(matrix)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a, n) > 0; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q)
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => at(a, j * n + j) - at(a, i * n + i))
  return {
    values: Float64Array.from(order, (i) => at(a, i * n + i)),
    vectors: Float64Array.from({ length: n * n }, (_, k) => at(v, (order[Math.floor(k / n)] ?? 0) * n + (k % n))),
  }
}

const at = (values: Float64Array, i: number): number => values[i] ?? 0

/** What is left beside the diagonal; zero when it is nothing against the diagonal. */
function offDiagonal(a: Float64Array, n: number): number {
  let off = 0
  let on = 0
  for (let i = 0; i < n; i++) {
    on += at(a, i * n + i) ** 2
    for (let j = i + 1; j < n; j++) off += at(a, i * n + j) ** 2
  }
  return off > on * 1e-24 ? off : 0
}

/** Turns rows and columns p and q so that their common element becomes zero. `v` keeps vectors as rows. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const common = at(a, p * n + q)
  if (common === 0) return
  const theta = (at(a, q * n + q) - at(a, p * n + p)) / (2 * common)
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const c = 1 / Math.hypot(t, 1)
  const s = t * c
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q, c, s)
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k, c, s)
  for (let k = 0; k < n; k++) turn(v, p * n + k, q * n + k, c, s)
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [at(values, i), at(values, j)]
  values[i] = c * x - s * y
  values[j] = s * x + c * y
}
