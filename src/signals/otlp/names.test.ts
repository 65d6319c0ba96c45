import fc from 'fast-check'
import { expect, test } from 'vitest'
import { labelNameOf, metricNameOf, type NameSuffix } from './names.ts'

// As Prometheus' own translator (otlptranslator, with suffixes, escaping by underscores) has them.
test.each<[string, string, NameSuffix, string]>([
  ['system.io', 'By', 'total', 'system_io_bytes_total'],
  ['system_io_bytes_total', 'By', 'total', 'system_io_bytes_total'],
  ['http.server.duration', 'ms', undefined, 'http_server_duration_milliseconds'],
  ['disk.utilization', '1', 'ratio', 'disk_utilization_ratio'],
  ['disk.ratio', '1', 'ratio', 'disk_ratio'],
  ['requests', '{request}', 'total', 'requests_total'],
  ['network.speed', 'By/s', undefined, 'network_speed_bytes_per_second'],
  ['errors', '{error}/m', undefined, 'errors_per_minute'],
  ['cpu.temp', 'Cel', undefined, 'cpu_temp_celsius'],
  ['fan', 'rpm', undefined, 'fan_rpm'],
  ['a..b__c', '', undefined, 'a_b_c'],
  ['2xx', '', undefined, '_2xx'],
  ['job:rate', '', undefined, 'job:rate'],
  ['...', 's', undefined, ''],
])('%s in %j (%s) is %s', (name, unit, suffix, expected) => {
  expect(metricNameOf(name, unit, suffix)).toBe(expected)
})

test('whatever it was called, it can be called so in a condition', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, unit) => {
      expect(metricNameOf(name, unit, 'total')).toMatch(/^(?:[a-zA-Z_:][a-zA-Z0-9_:]*)?$/)
      expect(labelNameOf(name)).toMatch(/^(?:[a-zA-Z_][a-zA-Z0-9_]*)?$/)
    }),
  )
})

test('a label keeps its underscores, and does not begin with a digit', () => {
  expect(['http.route', '__x', 'a-b', '2nd', 'é'].map(labelNameOf)).toEqual([
    'http_route',
    '__x',
    'a_b',
    'key_2nd',
    '_',
  ])
})
