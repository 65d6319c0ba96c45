import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { REMEDIES } from './registry.ts'

test('every remedy of the folder is in the registry, under the name of its file', () => {
  const files = readdirSync(join(import.meta.dirname, 'remedies')).filter((name) => !name.endsWith('.test.ts'))
  const names = files.map((name) => name.replace(/\.ts$/, ''))
  expect(REMEDIES.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
})

test('every remedy is in its table for people, with its weight', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/actions.md'), 'utf8')
  for (const { name, weight } of REMEDIES) expect(page).toContain(`| \`${name}\` | ${weight} |`)
})
