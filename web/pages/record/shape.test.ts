import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ENTRY_KINDS } from '../../../src/domain/entry-kinds.ts'
import { entryNamedIn, filterFrom, queryOf, searchOf, seqFrom, type RecordFilter } from './shape.ts'

test('a filter comes back from the URL as it went in', () => {
  const text = fc.string({ unit: 'grapheme' })
  const filters: fc.Arbitrary<RecordFilter> = fc
    .record({
      kind: fc.option(fc.constantFrom(...ENTRY_KINDS), { nil: undefined }),
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

test('the server is asked for the newest first, and only for what is looked for', () => {
  expect(queryOf({ incident: '', run: '', text: '' }, 41)).toEqual({ order: 'newest', after: '42' })
  const all: RecordFilter = { kind: 'held', incident: 'i', run: 'r', text: 't', from: 7 }
  expect(queryOf(all, 7)).toEqual({ order: 'newest', after: '8', kind: 'held', incident: 'i', run: 'r', text: 't' })
})

test('the first broken entry is the one that the problem names', () => {
  expect(entryNamedIn('entry 12 (held): its body is not the one')).toBe(12)
  expect(entryNamedIn('after entry 7: cannot be read: x')).toBe(7)
  expect(entryNamedIn('the file is no record')).toBeUndefined()
})
