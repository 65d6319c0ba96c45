import { expect, test } from 'vitest'
import { caseOf, type Seen } from '../../test/diagnosis-world.ts'
import { WEB_1 } from '../../test/gate-world.ts'
import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/config.ts'
import { settingsOf } from './config.ts'
import { capacityFor } from './sources.ts'

const load = (condition: string): Config =>
  loadConfig(
    `version: 1
connectors: { lab: { type: process, dir: run } }
aliases: { wait_ms: "1000 * rate(wait_seconds_total[10m])" }
policies: [{ name: p, condition: ${JSON.stringify(condition)}, target: "lab:**", ladder: [page] }]
`,
    { file: 'kintsugi.yaml', env: {}, readFile: () => '' },
  )

test("aliases reach the loop, the file's and the shipped ones", () => {
  const { aliases } = settingsOf(load('up < 1'))
  expect(aliases.get('wait_ms')).toBe('1000 * rate(wait_seconds_total[10m])')
  expect(aliases.get('health_check_failed')).toBe('1 - up')
})

test('as many samples are kept as a condition looks back at, behind its aliases too', () => {
  const capacity = capacityFor(load('wait_ms > 5 for 3 samples'))
  expect(capacity('wait_seconds_total', 1000)).toBe(240 + 600)
})

test('the samples of a z-score are kept of its own metric only', () => {
  const capacity = capacityFor(load('zscore(latency[1000 samples]) > 3 for 3 samples'))
  expect([capacity('latency', 1000), capacity('up', 1000)]).toEqual([1003, 240])
})

test('the past of a forecast is kept of its own metrics only', () => {
  const capacity = capacityFor(load('disk_usage[6h] rises to 95 within 24h for 10m'))
  expect(capacity('node_filesystem_avail_bytes', 60_000)).toBe(240 + 370)
  expect(capacity('node_filesystem_size_bytes', 60_000)).toBe(240 + 370)
  expect(capacity('up', 60_000)).toBe(240 + 10)
})

test("the file's own rules are a further engine of diagnosis, and count in what is kept", () => {
  const rule =
    '{ cause: leak, when: "avg(threads[1h]) > 50", confidence: 0.9, summary: leaks, recommendation: restart }'
  const config = loadConfig(`version: 1\nrules: [${rule}]\n`, { file: 'k', env: {}, readFile: () => '' })
  const seen: Seen = { target: WEB_1, metric: 'threads', values: Array.from({ length: 3600 }, () => 51) }
  const { engines = [] } = settingsOf(config)
  expect(engines.flatMap((engine) => engine.suggest(caseOf([seen])))).toMatchObject([
    { cause: 'leak', target: WEB_1, confidence: 0.9 },
  ])
  expect(capacityFor(config)('threads', 1000)).toBe(240 + 3600)
})
