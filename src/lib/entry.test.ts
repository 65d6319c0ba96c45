import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { siblingEntry } from './entry.ts'

test('a source starts a source, and the build starts the build', () => {
  expect(siblingEntry('file:///k/src/lib/a/index.ts', './helper').href).toBe('file:///k/src/lib/a/helper.ts')
  expect(siblingEntry('file:///k/dist/src/lib/a/index.js', './helper').href).toBe('file:///k/dist/src/lib/a/helper.js')
  expect(siblingEntry('file:///k/lab/main.ts', '../src/x/main').href).toBe('file:///k/src/x/main.ts')
})

test('what a loader adds to the name of the asking file does not count', () => {
  expect(siblingEntry('file:///k/a.ts?t=1.5', './b').href).toBe('file:///k/b.ts')
})

test('the answer for this very file exists', () => {
  expect(existsSync(siblingEntry(import.meta.url, './entry'))).toBe(true)
})
