import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REMEDIES } from './registry.ts'

test('every remedy of the folder is in the registry, under the name of its file', () => {
  const files = readdirSync(join(import.meta.dirname, 'remedies')).filter((name) => !name.endsWith('.test.ts'))
  const names = files.map((name) => name.replace(/\.ts$/, ''))
  expect(REMEDIES.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})
