import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idMaker } from './ids.ts'

const time = fc.integer({ min: 0, max: 32 ** 9 })
const bytes = fc.uint8Array({ minLength: 8, maxLength: 8 })
const idAt = (now: number, random: Uint8Array): string =>
  idMaker(
    () => now,
    () => random,
  )('run')

test('names sort by their time, whatever the chance', () => {
  fc.assert(
    fc.property(time, time, bytes, bytes, (a, b, x, y) => {
      if (a !== b) expect(idAt(a, x) < idAt(b, y)).toBe(a < b)
    }),
  )
})

test('names are short, safe in a path, a URL and a shell, and say what they name', () => {
  fc.assert(fc.property(time, bytes, (now, random) => /^run-[0-9a-z]{10}-[0-9a-z]{8}$/.test(idAt(now, random))))
})

test('names of one moment differ', () => {
  const newId = idMaker(() => 0)
  expect(new Set(Array.from({ length: 1000 }, () => newId('run'))).size).toBe(1000)
})
