import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig } from '../src/config/load.ts'
import { configFileOf, ladderOf, shopDirOf, writeConfig } from './kintsugi.ts'

test("a ground's own copy of the policies is a configuration that Kintsugi accepts, with what the round changes", () => {
  const dir = mkdtempSync(join(tmpdir(), 'lab-'))
  try {
    writeConfig({ dir, basePort: 21_000, mode: 'shadow', perTarget: ['3 in 5s', '4 in 6m'] })
    const file = configFileOf({ dir })
    const readFile = (): string => ''
    const config = loadConfig(readFileSync(file, 'utf8'), { file, env: {}, readFile })
    expect(config).toMatchObject({ mode: 'shadow', listen: { port: 21_040 } })
    expect(config.connectors).toMatchObject([
      { name: 'lab', dir: shopDirOf({ dir }) },
      { name: 'edge', url: 'http://127.0.0.1:21007' },
    ])
    expect(config.scrapes[0]).toMatchObject({ at: { url: 'http://127.0.0.1:21007/metrics' } })
    expect(config.limits.perTarget.map(({ attempts, withinMs }) => [attempts, withinMs])).toEqual([
      [3, 5000],
      [4, 360_000],
    ])
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('without rules nothing but detectors looks, at all that is looked at otherwise', () => {
  const dir = mkdtempSync(join(tmpdir(), 'lab-'))
  try {
    const read = (withoutRules: boolean): ReturnType<typeof loadConfig> => {
      writeConfig({ dir, basePort: 21_000, mode: 'live', withoutRules })
      const file = configFileOf({ dir })
      return loadConfig(readFileSync(file, 'utf8'), { file, env: {}, readFile: () => '' })
    }
    const [all, bare] = [read(false), read(true)]
    expect(bare).toMatchObject({ policies: [], slos: [], detection: { falseAlarmsPerDay: 1 } })
    const { probes, scrapes, connectors } = all
    expect(bare).toMatchObject({ probes, scrapes, connectors })
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('the ladder is that of the policy, with or without settings', () => {
  expect(ladderOf('instance-down')).toEqual(['restart-instance', 'restart-service', 'page'])
  expect(ladderOf('no-connections')).toEqual(['reset-pool', 'restart-instance', 'page'])
})
