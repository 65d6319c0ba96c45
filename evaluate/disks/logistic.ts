import { dot } from '../../src/lib/vectors.ts'

/** Rows one after the other, with what each is and how much it counts. */
export type Examples = {
  readonly features: number
  readonly rows: Float64Array
  readonly truths: Float64Array
  readonly weights: Float64Array
}

export type Logistic = {
  readonly means: number[]
  readonly scales: number[]
  readonly weights: number[]
  readonly bias: number
}

const STEPS = 15
/** Of the weights, in units of one drive: as if one more drive of no opinion had been seen. */
const RIDGE = 1

/** Logistic regression of standardised features by Newton's method. */
export function fitLogistic(examples: Examples): Logistic {
  const { features } = examples
  const { means, scales } = standardOf(examples)
  const size = features + 1
  const w = new Float64Array(size)
  for (let step = 0; step < STEPS; step++) {
    const { gradient, hessian } = slopes(examples, means, scales, w)
    for (let i = 0; i < features; i++) {
      gradient[i] = (gradient[i] ?? 0) + RIDGE * (w[i] ?? 0)
      hessian[i * size + i] = (hessian[i * size + i] ?? 0) + RIDGE
    }
    const move = solved(hessian, gradient, size)
    for (let i = 0; i < size; i++) w[i] = (w[i] ?? 0) - (move[i] ?? 0)
  }
  return { means, scales, weights: [...w.subarray(0, features)], bias: w[features] ?? 0 }
}

function standardOf({ features, rows }: Examples): { means: number[]; scales: number[] } {
  const count = rows.length / features
  const columns = Array.from({ length: features }, (_, i) => rows.filter((_, at) => at % features === i))
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / count)
  const scales = columns.map((column, i) => {
    const square = column.reduce((sum, value) => sum + (value - (means[i] ?? 0)) ** 2, 0)
    return Math.sqrt(square / count) || 1
  })
  return { means, scales }
}

function slopes({ features, rows, truths, weights }: Examples, means: number[], scales: number[], w: Float64Array) {
  const size = features + 1
  const gradient = new Float64Array(size)
  const hessian = new Float64Array(size * size)
  const x = new Float64Array(size).fill(1)
  for (let at = 0; at < truths.length; at++) {
    for (let i = 0; i < features; i++) x[i] = ((rows[at * features + i] ?? 0) - (means[i] ?? 0)) / (scales[i] ?? 1)
    const p = 1 / (1 + Math.exp(-dot(w, 0, x, 0, size)))
    const weight = weights[at] ?? 0
    for (let i = 0; i < size; i++) {
      const xi = x[i] ?? 0
      gradient[i] = (gradient[i] ?? 0) + weight * (p - (truths[at] ?? 0)) * xi
      for (let j = 0; j < size; j++) {
        hessian[i * size + j] = (hessian[i * size + j] ?? 0) + weight * p * (1 - p) * xi * (x[j] ?? 0)
      }
    }
  }
  return { gradient, hessian }
}

/** Solves `a x = b` for a symmetric positive matrix, by elimination; both are changed. */
function solved(a: Float64Array, b: Float64Array, n: number): Float64Array {
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const factor = (a[i * n + k] ?? 0) / (a[k * n + k] ?? 1)
      for (let j = k; j < n; j++) a[i * n + j] = (a[i * n + j] ?? 0) - factor * (a[k * n + j] ?? 0)
      b[i] = (b[i] ?? 0) - factor * (b[k] ?? 0)
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    const rest = dot(a, i * n + i + 1, b, i + 1, n - i - 1)
    b[i] = ((b[i] ?? 0) - rest) / (a[i * n + i] ?? 1)
  }
  return b
}
