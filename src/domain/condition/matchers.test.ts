import fc from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../errors.ts'
import { matches, safePattern } from './matchers.ts'

const one = (op: '=' | '!=' | '=~' | '!~', value: string): boolean =>
  matches({ code: '503', toString: 'x' }, [{ label: 'code', op, value }])

test('matchers compare, and patterns match the whole value', () => {
  expect([one('=', '503'), one('=~', '5..'), one('!~', '4..')]).toEqual([true, true, true])
  expect([one('!=', '503'), one('=~', '5')]).toEqual([false, false])
})

test('a label that is absent is the empty text, also under the names every object has', () => {
  expect(matches({}, [{ label: 'constructor', op: '=', value: '' }])).toBe(true)
  expect(matches({}, [{ label: 'code', op: '=~', value: '.+' }])).toBe(false)
})

test.each([
  '(a+)+',
  '(a|a)*b',
  '(.)\\1',
  '(?=a)a',
  '(?<x>a)',
  '.*.*.*.*x',
  'a'.repeat(300),
  '(',
  '(a{1,9}){1,9}',
  '[a](b)+',
  '(a|aa)(a|aa)(a|aa)(a|aa)',
])('the pattern %s is refused', (pattern) => {
  expect(() => safePattern(pattern)).toThrow(UsageError)
})

test.each(['5..', 'web-[0-9]+', 'a|b|c', '(?:GET|POST)', '.*shop.*', '(a|b)?c', '[)*]', '\\(+'])(
  'the pattern %s is taken',
  (pattern) => {
    expect(safePattern(pattern).source).toContain(pattern)
  },
)

test('no pattern that is taken takes long, on the worst of values', () => {
  const piece = fc.constantFrom('.*', '.+', 'a*', 'a?', '[ab]*', '(a|b)', '(a|ab)', '(a|ab)?', 'a', 'b', 'a{1,99}', '|')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom('a', 'ab', 'ba'), (pieces, unit) => {
      const pattern = `${pieces.join('')}c`
      try {
        safePattern(pattern)
      } catch {
        return
      }
      const began = performance.now()
      matches({ x: unit.repeat(600 / unit.length).slice(0, 256) }, [{ label: 'x', op: '=~', value: pattern }])
      expect(performance.now() - began).toBeLessThan(2000)
    }),
    { numRuns: 200 },
  )
})
