import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entry } from '../../../src/domain/entry.ts'
import { entryNamedIn, filterFrom, KINDS, newerThan, searchOf, seqFrom, type RecordFilter } from './shape.ts'

test('a filter comes back from the URL as it went in', () => {
  const text = fc.string({ unit: 'grapheme' })
  const filters: fc.Arbitrary<RecordFilter> = fc
    .record({
      kind: fc.option(fc.constantFrom(...KINDS), { nil: undefined }),
      incident: text,
      run: text,
      text,
      from: fc.option(fc.integer({ min: 1, max: 10 ** 15 - 1 }), { nil: undefined }),
    })
    .map(({ kind, from, ...rest }) => ({ ...rest, ...(kind && { kind }), ...(from !== undefined && { from }) }))
  fc.assert(
    fc.property(filters, (filter) => {
      expect(filterFrom(searchOf(filter))).toEqual(filter)
    }),
  )
})

test('what no entry can be is no filter', () => {
  expect(filterFrom('kind=constructor&from=-1')).toEqual({ incident: '', run: '', text: '' })
  expect([' 12 ', '0', '', '1.5', 'x', '1e3'].map(seqFrom)).toEqual([12, ...Array<undefined>(5)])
})

test('entries written since are counted from the newest that is shown', () => {
  const entry = (seq: number): Entry => ({ seq }) as Entry
  expect(newerThan([entry(9), entry(3)], 12)).toBe(3)
  expect(newerThan([], 12)).toBe(0)
  expect(newerThan([entry(9)], undefined)).toBe(0)
  expect(newerThan([entry(9)], 8)).toBe(0)
})

test('the first broken entry is the one that the problem names', () => {
  expect(entryNamedIn('entry 12 (held): its body is not the one')).toBe(12)
  expect(entryNamedIn('after entry 7: cannot be read: x')).toBe(7)
  expect(entryNamedIn('the file is no record')).toBeUndefined()
})
