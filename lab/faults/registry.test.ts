import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { randomFrom } from '../../src/lib/random.ts'
import { controls } from '../controls/registry.ts'
import { faultNames, faults } from './registry.ts'

const SHARED = ['fault', 'victim', 'control', 'registry']
const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => !SHARED.includes(name))
    .sort()

test('every fault in the folder is in the registry, under its own name', () => {
  expect(Object.keys(faults).sort()).toEqual(namesIn(import.meta.dirname))
  for (const [name, make] of Object.entries(faults)) expect(make(randomFrom(1)).name).toBe(name)
})

test('every control in the folder is in the registry, under its own name', () => {
  expect(Object.keys(controls).sort()).toEqual(namesIn(`${import.meta.dirname}/../controls`))
  for (const [name, make] of Object.entries(controls)) expect(make(randomFrom(1)).name).toBe(name)
})

test('a fault whose name nobody knows is refused with the names there are', () => {
  expect(() => faultNames('crash,thaw')).toThrow(/no fault 'thaw'.*crash, crash-loop, freeze/)
})

test('one seed draws one victim, and different seeds reach every instance that users feel', () => {
  const victims = Array.from({ length: 50 }, (_, seed) => faults.crash!(randomFrom(seed)).truth.instance)
  expect(faults.crash!(randomFrom(7)).truth).toEqual(faults.crash!(randomFrom(7)).truth)
  expect([...new Set(victims)].sort()).toEqual(['api-1', 'api-2', 'web-1', 'web-2'])
})
