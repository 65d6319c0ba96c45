import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellQuoted } from './shell.ts'

/** What a shell makes of words: each as the argument that a program gets. */
function argumentsOf(words: readonly string[]): string[] {
  const script = `for word in ${words.join(' ')}; do printf '%s\\0' "$word"; done`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

const word = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({ unit: fc.constantFrom(...Array.from(`'"$\`\\!*?~#&|;<>(){}[] \n\t-=x`)), minLength: 1, maxLength: 30 }),
)
const sayable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

test('a shell gives back every word as it was', () => {
  fc.assert(
    fc.property(fc.array(word.filter(sayable), { minLength: 1, maxLength: 20 }), (words) => {
      expect(argumentsOf(words.map(shellQuoted))).toEqual(words)
    }),
    { numRuns: 100 },
  )
})

test('no word begins anything', () => {
  const hostile = ['$(touch /tmp/x)', '`id`', "'; id; '", '&& id', '\n id', '~', '*', '']
  expect(argumentsOf(hostile.map(shellQuoted))).toEqual(hostile)
})

test('what no argument can hold is refused, and what needs no quotes has none', () => {
  expect(() => shellQuoted('a\0b')).toThrow(TypeError)
  expect(shellQuoted('http://127.0.0.1:18087/pools/api')).toBe('http://127.0.0.1:18087/pools/api')
})
