import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GATES } from './registry.ts'

test('every gate of the folder is in the registry, under the name of its file', () => {
  const files = readdirSync(join(import.meta.dirname, 'gates')).filter((name) => !name.endsWith('.test.ts'))
  const names = files.map((name) => name.replace(/\.ts$/, ''))
  expect(GATES.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})
