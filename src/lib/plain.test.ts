import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical } from './json.ts'
import { fromPlain, toPlain } from './plain.ts'

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.double().map((one) => (Object.is(one, -0) ? 0 : one)),
    fc.array(tie('value')),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$map', '$object', '$known')), tie('value')).map(own),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((pairs) => new Map(pairs)),
    fc.array(fc.string()).map((list) => new Set(list)),
  ),
}))

/** An object like any other, whatever the generator made it of. */
function own(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== '__proto__'))
}

test('whatever is a value comes back as it was, also through text', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(fromPlain(JSON.parse(canonical(toPlain(one))))).toEqual(one)
    }),
  )
})

test('what is undefined is left out, and what is no value is refused', () => {
  expect(toPlain({ a: undefined, b: 1 })).toEqual({ b: 1 })
  expect(() => toPlain({ a: () => 1 })).toThrow('no value')
  expect(() => fromPlain({ $what: 1 })).toThrow("cannot read '$what'")
})
