import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../domain/errors.ts'
import { readSeries } from './series-text.ts'

test.each([
  ['1 1 0x5', [1, 1, 0, 0, 0, 0, 0, 0]],
  ['90+1x3', [90, 91, 92, 93]],
  ['1-0.5x2', [1, 0.5, 0]],
  ['_x3 7', [undefined, undefined, undefined, 7]],
  ['_ -2', [undefined, -2]],
  ['+Inf NaN 1e3', [Infinity, Number.NaN, 1000]],
])('%s is read as the rule tests of Prometheus read it', (text, values) => {
  expect(readSeries(text)).toEqual(values)
})

test.each(['', '1,2', 'x5', '1x', '1+x2', '0x99999999', '1x-2', 'up'])('"%s" is refused', (text) => {
  expect(() => readSeries(text)).toThrow(UsageError)
})

test('any plain values come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined }), { minLength: 1 }), (values) => {
      expect(readSeries(values.map((value) => value ?? '_').join(' '))).toEqual(values)
    }),
  )
})
