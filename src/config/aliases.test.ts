import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { expand, type Aliases } from '../domain/condition/aliases.ts'
import { judge, measure } from '../domain/condition/evaluate.ts'
import { metricsOf, needsForecast } from '../domain/condition/ast.ts'
import { parseCondition, parseExpression } from '../domain/condition/parse.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Labels } from '../domain/signal.ts'
import { createWindows, type WindowStore } from '../signals/windows.ts'
import { SHIPPED_ALIASES } from './aliases.ts'
import type { Config } from './config.ts'
import { loadConfig } from './load.ts'

const target: ResourceRef = 'lab:shop/instance/web-1'
const STEP_MS = 15_000
const STEPS = 40
const NOW = STEPS * STEP_MS

/** A series by its value at each step from 1. */
type Line = { readonly metric: string; readonly labels?: Labels; readonly at: (step: number) => number }
const gauge = (metric: string, value: number, labels?: Labels): Line => ({
  metric,
  ...(labels && { labels }),
  at: () => value,
})
const counter = (metric: string, perSecond: number, labels?: Labels): Line => ({
  metric,
  ...(labels && { labels }),
  at: (step) => (step * perSecond * STEP_MS) / 1000,
})

function windowsOf(...lines: readonly Line[]): WindowStore {
  const windows = createWindows()
  for (let step = 1; step <= STEPS; step++) {
    const samples = lines.map(({ metric, labels = {}, at }) => ({
      metric,
      labels,
      target,
      at: step * STEP_MS,
      value: at(step),
    }))
    windows.add({ source: 's', intervalMs: STEP_MS, samples })
  }
  return windows
}

const load = (text: string, file = 'kintsugi.yaml'): Config => loadConfig(text, { file, env: {}, readFile: () => '' })
const shipped: Aliases = load('version: 1\n').aliases

const root = { mountpoint: '/' }
const idle = (cpu: string): Labels => ({ cpu, mode: 'idle' })
const quota = (resource: string, used: number, hard: number): Line[] => [
  gauge('kube_resourcequota', used, { resource, type: 'used' }),
  gauge('kube_resourcequota', hard, { resource, type: 'hard' }),
]
/** What an exporter says, and what each alias makes of it. */
const SAYS: readonly [string, number, ...Line[]][] = [
  ['health_check_failed', 1, gauge('up', 0)],
  [
    'cpu_utilization',
    75,
    counter('node_cpu_seconds_total', 0.4, idle('0')),
    counter('node_cpu_seconds_total', 0.1, idle('1')),
    counter('node_cpu_seconds_total', 0.6, { cpu: '0', mode: 'user' }),
  ],
  [
    'load_per_cpu',
    1.5,
    gauge('node_load5', 3),
    gauge('node_cpu_seconds_total', 1, idle('0')),
    gauge('node_cpu_seconds_total', 1, idle('1')),
  ],
  ['memory_usage', 90, gauge('node_memory_MemAvailable_bytes', 2e9), gauge('node_memory_MemTotal_bytes', 20e9)],
  [
    'disk_usage',
    95,
    gauge('node_filesystem_avail_bytes', 5, root),
    gauge('node_filesystem_size_bytes', 100, root),
    gauge('node_filesystem_avail_bytes', 50, { mountpoint: '/boot' }),
  ],
  ['inode_usage', 80, gauge('node_filesystem_files_free', 20, root), gauge('node_filesystem_files', 100, root)],
  ['conntrack_usage', 25, gauge('node_nf_conntrack_entries', 64), gauge('node_nf_conntrack_entries_limit', 256)],
  ['disk_reads_per_second', 20, counter('node_disk_reads_completed_total', 20)],
  ['disk_writes_per_second', 4, counter('node_disk_writes_completed_total', 4)],
  [
    'disk_read_latency_ms',
    150,
    counter('node_disk_read_time_seconds_total', 3),
    counter('node_disk_reads_completed_total', 20),
  ],
  [
    'disk_write_latency_ms',
    500,
    counter('node_disk_write_time_seconds_total', 2),
    counter('node_disk_writes_completed_total', 4),
  ],
  ['process_cpu_utilization', 80, counter('process_cpu_seconds_total', 0.8)],
  ['process_memory_mib', 512, gauge('process_resident_memory_bytes', 512 * 2 ** 20)],
  ['process_open_files_usage', 25, gauge('process_open_fds', 256), gauge('process_max_fds', 1024)],
  ['qps', 12, counter('http_requests_total', 10, { code: '200' }), counter('http_requests_total', 2, { code: '404' })],
  [
    'error_rate',
    20,
    counter('http_requests_total', 8, { code: '200' }),
    counter('http_requests_total', 2, { code: '503' }),
  ],
  [
    'latency_ms',
    50,
    counter('http_request_duration_seconds_sum', 0.5),
    counter('http_request_duration_seconds_count', 10),
  ],
  ['volume_usage', 70, gauge('kubelet_volume_stats_used_bytes', 7), gauge('kubelet_volume_stats_capacity_bytes', 10)],
  [
    'container_memory_usage',
    50,
    gauge('container_memory_working_set_bytes', 5),
    gauge('container_spec_memory_limit_bytes', 10),
  ],
  ['quota_memory_usage', 60, ...quota('requests.memory', 6, 10), ...quota('requests.cpu', 1, 9)],
  ['quota_cpu_usage', 30, ...quota('requests.cpu', 3, 10), ...quota('requests.memory', 1, 9)],
  [
    'certificate_days_left',
    30,
    gauge('probe_ssl_earliest_cert_expiry', NOW / 1000 + 30 * 86_400, { instance: 'a' }),
    gauge('probe_ssl_earliest_cert_expiry', NOW / 1000 + 90 * 86_400, { instance: 'b' }),
  ],
  ['redis_memory_usage', 40, gauge('redis_memory_used_bytes', 4), gauge('redis_memory_max_bytes', 10)],
  ['redis_connections_usage', 10, gauge('redis_connected_clients', 100), gauge('redis_config_maxclients', 1000)],
  ['cache_hit_rate', 40, counter('redis_keyspace_hits_total', 4), counter('redis_keyspace_misses_total', 6)],
  // Twenty samples of five minutes, and what was gained between the first and the last of them.
  ['db_connection_errors', 28.5, counter('hikaricp_connections_timeout_total', 0.1)],
  ['db_pool_usage', 80, gauge('hikaricp_connections_active', 8), gauge('hikaricp_connections_max', 10)],
  [
    'db_connections_usage',
    60,
    gauge('pg_stat_activity_count', 50, { state: 'active' }),
    gauge('pg_stat_activity_count', 10, { state: 'idle' }),
    gauge('pg_settings_max_connections', 100),
  ],
  [
    'mysql_connections_usage',
    20,
    gauge('mysql_global_status_threads_connected', 30),
    gauge('mysql_global_variables_max_connections', 150),
  ],
]

describe('the shipped aliases', () => {
  test('are all tried here, each in the words of an exporter', () => {
    expect(SAYS.map(([name]) => name)).toEqual(Object.keys(SHIPPED_ALIASES))
  })

  test.each(SAYS)('%s is %d', (name, value, ...lines) => {
    const seen = measure(parseExpression(name), { windows: windowsOf(...lines), target, now: NOW, aliases: shipped })
    expect(seen.value).toBeCloseTo(value, 6)
  })

  test('say nothing where nothing is seen, or nothing was asked', () => {
    const quiet = windowsOf(counter('redis_keyspace_hits_total', 0), counter('redis_keyspace_misses_total', 0))
    const scope = { windows: quiet, target, now: NOW, aliases: shipped } as const
    for (const name of Object.keys(SHIPPED_ALIASES))
      expect(measure(parseExpression(name), scope).blind, name).toBe(true)
  })
})

describe('the aliases of a file', () => {
  const ownAliases = (aliases: string): Aliases => load(`version: 1\naliases: ${aliases}\n`).aliases
  const meaning = (name: string, aliases: Aliases): unknown => expand(parseExpression(name), aliases)

  test('go before the shipped ones, and may build on them', () => {
    const aliases = ownAliases('{ qps: "rate(requests_total[1m])", errors_per_second: error_rate * qps / 100 }')
    expect(aliases.get('qps')).toBe('rate(requests_total[1m])')
    expect(meaning('qps', aliases)).toEqual(parseExpression('rate(requests_total[1m])'))
    expect(JSON.stringify(meaning('errors_per_second', aliases))).not.toContain('"qps"')
    expect(aliases.get('health_check_failed')).toBe('1 - up')
  })

  test('give a metric its own name back', () => {
    const aliases = ownAliases('{ disk_usage: disk_usage }')
    expect(meaning('disk_usage', aliases)).toEqual(parseExpression('disk_usage'))
  })
})

describe('the rules of what fills up', () => {
  const file = join(import.meta.dirname, '../../examples/forecasts.yaml')
  const { policies, aliases, mode } = load(readFileSync(file, 'utf8'), file)

  test('only look until they are told otherwise, and each says what will be, not what is', () => {
    expect(mode).toBe('shadow')
    expect(policies.map(({ condition }) => needsForecast(parseCondition(condition)))).toEqual(policies.map(() => true))
    expect(policies.filter(({ ladder }) => ladder.join() !== 'page').map(({ autonomy }) => autonomy)).toEqual([
      'approve',
      'approve',
    ])
  })

  test('are about what shipped names stand for', () => {
    for (const { condition } of policies) {
      const names = metricsOf(parseCondition(condition))
      expect(names.filter((name) => !aliases.has(name))).toEqual([])
    }
  })

  test('a certificate of which nobody renews anything is foreseen two weeks ahead', () => {
    const condition = parseCondition(policies.find(({ name }) => name === 'certificate-ends')?.condition ?? '')
    const left = (days: number): string => {
      const windows = createWindows({ capacity: 300 })
      for (let minute = 0; minute <= 240; minute++) {
        const sample = { metric: 'probe_ssl_earliest_cert_expiry', labels: {}, target, at: minute * 60_000 }
        windows.add({ source: 's', intervalMs: 60_000, samples: [{ ...sample, value: 240 * 60 + days * 86_400 }] })
      }
      return judge(condition, { windows, target, now: 240 * 60_000, wasActive: false, aliases }).state
    }
    expect([13, 15].map(left)).toEqual(['true', 'false'])
  })
})

describe('the rules of storage', () => {
  const file = join(import.meta.dirname, '../../examples/storage.yaml')
  const { policies, aliases } = load(readFileSync(file, 'utf8'), file)
  const stateOf = (name: string, ...lines: Line[]): string => {
    const condition = parseCondition(policies.find((policy) => policy.name === name)?.condition ?? '')
    return judge(condition, { windows: windowsOf(...lines), target, now: NOW, wasActive: false, aliases }).state
  }
  const disk = (readMs: number, writeMs: number): Line[] => [
    counter('node_disk_read_time_seconds_total', readMs / 1000),
    counter('node_disk_reads_completed_total', Math.sign(readMs)),
    counter('node_disk_write_time_seconds_total', writeMs / 1000),
    counter('node_disk_writes_completed_total', Math.sign(writeMs)),
  ]
  const usage = (at: (step: number) => number): Line[] => [
    { metric: 'node_filesystem_avail_bytes', labels: root, at: (step) => 100 - at(step) },
    gauge('node_filesystem_size_bytes', 100, root),
  ]
  const nodes = (online: number): Line[] => [
    gauge('minio_cluster_nodes_online_total', online),
    gauge('minio_cluster_nodes_offline_total', 10 - online),
  ]

  test('reads or writes that take more than 100 ms are slow; a disk that rests is not', () => {
    const states = [disk(101, 5), disk(5, 101), disk(0, 101), disk(99, 99), disk(0, 0)].map((lines) =>
      stateOf('storage-slow', ...lines),
    )
    expect(states).toEqual(['true', 'true', 'true', 'false', 'false'])
    expect(stateOf('storage-slow')).toBe('blind')
  })

  test('more than 90 % is full, three times in a row, until it is less than 85 %', () => {
    const lately = (...values: number[]): Line[] => usage((step) => values[step - STEPS + values.length - 1] ?? 50)
    expect(stateOf('storage-full', ...lately(91, 91))).toBe('false')
    expect(stateOf('storage-full', ...lately(91, 91, 91))).toBe('true')
    expect(stateOf('storage-full', ...lately(91, 91, 91, 86))).toBe('true')
    expect(stateOf('storage-full', ...lately(91, 91, 91, 84))).toBe('false')
  })

  test('fewer than 80 % of the nodes are too few', () => {
    expect([7, 8].map((online) => stateOf('storage-nodes-missing', ...nodes(online)))).toEqual(['true', 'false'])
  })
})
