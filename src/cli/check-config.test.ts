import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ran } from '../../test/fixtures/cli.ts'
import { readConfig } from '../main/config.ts'
import { EXIT } from './exit.ts'

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
