import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DIAGNOSIS_ENGINES } from './registry.ts'

test('every engine of the folder is in the registry, under the name of its file', () => {
  const files = readdirSync(join(import.meta.dirname, 'engines')).filter((name) => !name.endsWith('.test.ts'))
  const names = files.map((name) => name.replace(/\.ts$/, ''))
  expect(DIAGNOSIS_ENGINES.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})
