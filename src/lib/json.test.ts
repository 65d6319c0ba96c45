import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './json.ts'

const json = fc.jsonValue({ depthSize: 'medium' })
/** JSON knows no minus zero. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('says the same value', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(JSON.parse(canonical(value))).toEqual(plain(value))
    }),
  )
})

test('is one text for one value, in whatever order its keys were set', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).toReversed())
      expect(canonical(reversed)).toBe(canonical(value))
      expect(canonical(plain(value))).toBe(canonical(value))
    }),
  )
})

test('is another text for another value', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(canonical(a) === canonical(b)).toBe(JSON.stringify(sorted(plain(a))) === JSON.stringify(sorted(plain(b))))
    }),
  )
})

test('leaves out what is undefined, and puts null in its place in a list', () => {
  expect(canonical({ b: undefined, a: [undefined, 1] })).toBe('{"a":[null,1]}')
})

test('takes keys as data: none is lost', () => {
  const hostile = JSON.parse('{"__proto__":{"admin":true},"constructor":1,"a\\"b":2}')
  expect(JSON.parse(canonical(hostile))).toEqual(hostile)
  expect(Object.keys(JSON.parse(canonical(hostile)))).toHaveLength(3)
})

test.each([[Number.NaN], [Infinity], [-Infinity], [undefined], [() => 1], [Symbol('s')], [1n]])(
  'refuses %s, alone and inside',
  (value) => {
    expect(() => canonical(value)).toThrow(TypeError)
    if (value !== undefined) expect(() => canonical({ deep: [value] })).toThrow(TypeError)
  },
)

/** The same value with its keys in one order; entries keep `__proto__` a key like any other. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([key, field]) => [key, sorted(field)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .concat([['{}', 'an object']])
}
