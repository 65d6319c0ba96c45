import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DETECTORS } from './registry.ts'

test('every file of the folder is one registered detector of the same name', () => {
  const files = readdirSync(join(import.meta.dirname, 'detectors')).filter((file) => !file.endsWith('.test.ts'))
  expect(DETECTORS.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort())
})
