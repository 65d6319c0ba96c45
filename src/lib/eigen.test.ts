import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { eigenOf } from './eigen.ts'
import { dot } from './vectors.ts'

const N = 5
const symmetric = fc
  .array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: N * N, maxLength: N * N })
  .map((values) => Float64Array.from(values, (_, at) => values[Math.min(at, (at % N) * N + Math.floor(at / N))] ?? 0))

test('the matrix turns each vector into its value times the vector', () => {
  fc.assert(
    fc.property(symmetric, (matrix) => {
      const { values, vectors } = eigenOf(matrix, N)
      for (let k = 0; k < N; k++) {
        for (let i = 0; i < N; i++) {
          expect(dot(matrix, i * N, vectors, k * N, N)).toBeCloseTo(values[k]! * vectors[k * N + i]!, 7)
        }
      }
    }),
  )
})

test('vectors are of length 1 and at right angles, values come largest first', () => {
  fc.assert(
    fc.property(symmetric, (matrix) => {
      const { values, vectors } = eigenOf(matrix, N)
      for (let k = 0; k < N; k++) {
        for (let l = 0; l < N; l++) expect(dot(vectors, k * N, vectors, l * N, N)).toBeCloseTo(k === l ? 1 : 0, 9)
        if (k > 0) expect(values[k]!).toBeLessThanOrEqual(values[k - 1]!)
      }
    }),
  )
})
