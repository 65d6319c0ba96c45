import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from './load.ts'

test('the shipped example loads: three tasks that are due by the calendar', () => {
  const file = join(import.meta.dirname, '../../examples/maintenance.yaml')
  const { policies, mode } = loadConfig(readFileSync(file, 'utf8'), { file, env: {}, readFile: () => '' })
  expect(mode).toBe('shadow')
  expect(policies.map(({ name, schedule }) => [name, schedule?.every])).toEqual([
    ['clean-disks', { cron: '0 3 * * *', timeZone: 'Europe/Berlin' }],
    ['check-caches', { ms: 300_000 }],
    ['leaking-workers', { cron: '0 4 * * *', timeZone: 'Europe/Berlin' }],
  ])
  expect(policies.map(({ schedule }) => schedule?.conditional)).toEqual([true, true, true])
  expect(policies[2]?.schedule?.catchUp).toBe(false)
})
