import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ran } from '../../test/fixtures/cli.ts'
import { at } from '../../test/fixtures/incidents.ts'
import { loadConfig } from '../config/load.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { readConfig } from '../main/config.ts'
import { EXIT } from './exit.ts'

const DAY_MS = 86_400_000
const example = join(import.meta.dirname, '../../examples/storage.yaml')
const check = (...argv: string[]): ReturnType<typeof ran> =>
  ran(['check-config', '-c', example, ...argv], { loadConfig: async (file) => readConfig(file) })

test('the example of a storage cluster is a good one, and each alias is shown by what it resolves to', async () => {
  const { exit, out, err } = await check()
  expect({ exit, err }).toEqual({ exit: EXIT.ok, err: '' })
  const lineOf = (name: string): string | undefined => out.split('\n').find((line) => line.startsWith(`${name} `))
  expect(lineOf('storage-full')).toContain('disk_usage > 90 for 3 samples until disk_usage < 85')
  expect(lineOf('health_check_failed')).toMatch(/ shipped +1 - up$/)
  expect(lineOf('nodes_online')).toMatch(/ file +100 \* minio_cluster_nodes_online_total \/ /)
  expect(lineOf('disk_read_latency_ms')).toMatch(/ \/ sum\(rate\(node_disk_reads_completed_total\[2m]\)\)$/)
})

test('aliases are in the JSON too', async () => {
  const { out } = await check('-o', 'json')
  expect(JSON.parse(out)).toMatchObject({ aliases: { health_check_failed: '1 - up' } })
})

test('what targets and rules come to is shown, as it is now', async () => {
  const seeds = join(import.meta.dirname, '../../examples/seeds.yaml')
  const web = Array.from({ length: 6 }, (_, i): ResourceRef => `host:shop/instance/web-${i + 1}`)
  const deps = { loadConfig: async (file: string) => readConfig(file), knownNow: async () => web }
  const { out } = await ran(['check-config', '-c', seeds], deps)
  expect(out).toMatch(/\ncrash-looping +\*:\*\/pod\/\* +nothing\n/)
  expect(out).toMatch(/\nbusy +host:shop\/instance\/\* +6: host:shop\/instance\/web-1, .*web-5 and 1 more\n/)
  expect(out).toMatch(/\nfile-descriptors-exhausted +process_open_files_usage > 95 +0\.9 +dependents\n/)
  const { out: json } = await ran(['check-config', '-c', seeds, '-o', 'json'], deps)
  expect(JSON.parse(json)).toMatchObject({ targets: { busy: web, 'crash-looping': [] } })
})

test('freeze windows are shown with what is open now and what opens next', async () => {
  const now = at(0).wallMs
  const window = (name: string, from: number, until: number): string =>
    `{ name: ${name}, reason: the sale, from: ${iso(now + from)}, until: ${iso(now + until)} }`
  const iso = (ms: number): string => new Date(ms).toISOString().replace(/:\d\d\.\d+Z/, 'Z')
  const text = `version: 1\nfreeze:\n  - ${window('now', -DAY_MS, DAY_MS)}\n  - ${window('later', DAY_MS, 2 * DAY_MS)}\n`
  const deps = { loadConfig: async (file: string) => loadConfig(text, { file, env: {}, readFile: () => '' }) }
  const { out } = await ran(['check-config'], deps)
  expect(out).toMatch(/\nnow +2\S+ to 2\S+ +- +all +- +the sale\n/)
  expect(out).toMatch(/\nlater +- +2\S+ to 2\S+ +all +- +the sale\n/)
  const { freezeWindows } = JSON.parse((await ran(['check-config', '-o', 'json'], deps)).out)
  expect(freezeWindows).toMatchObject([
    { name: 'now', next: null },
    { name: 'later', next: { until: expect.anything() } },
  ])
})

test('a key file that is not well is warned of, and does not make the file unusable', async () => {
  const key = { problem: 'cannot read the key file /etc/k', fix: 'put it back' }
  const deps = {
    loadConfig: async (file: string) => loadConfig('version: 1\n', { file, env: {}, readFile: () => '' }),
    keyProblem: () => key,
  }
  const { exit, out } = await ran(['check-config'], deps)
  expect(exit).toBe(0)
  expect(out).toContain('warning: record.encryption.keyFile: cannot read the key file /etc/k; put it back\n')
})
