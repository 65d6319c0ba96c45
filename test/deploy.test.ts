import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { engineWorld } from './engine-world.ts'
import { openTestRecord } from './engine-conformance.ts'
import { makeMetrics } from '../src/engine/metrics.ts'

const DEPLOY = join(import.meta.dirname, '../deploy')
const OURS = /\b(?:kintsugi|recovery|mttr)_[a-z0-9_]+/g

/** The names of all series that Kintsugi serves. */
async function served(): Promise<Set<string>> {
  const record = await openTestRecord()
  const metrics = makeMetrics('1')
  const world = engineWorld(metrics.counting(record))
  const running = await world.start()
  const text = await metrics.text(running.engine)
  await world.stop(running)
  await record.close()
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  return new Set(
    types.flatMap(([, name = '', type]) => (type === 'histogram' ? [`${name}_bucket`, `${name}_count`] : [name])),
  )
}

const rules = parse(readFileSync(join(DEPLOY, 'prometheus/kintsugi.rules.yaml'), 'utf8')) as {
  groups: { rules: { alert: string; expr: string; labels: object; annotations: object }[] }[]
}
const dashboard = JSON.parse(readFileSync(join(DEPLOY, 'grafana/kintsugi.json'), 'utf8')) as {
  panels: { id: number; targets: { expr: string }[] }[]
}

test('alert rules and dashboard ask only for metrics that Kintsugi serves', async () => {
  const known = await served()
  const asked = [
    ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ].flatMap((expr) => expr.match(OURS) ?? [])
  expect(asked.length).toBeGreaterThan(10)
  expect(asked.filter((name) => !known.has(name))).toEqual([])
})

test('every rule has a severity, and says what it means and what to do', () => {
  for (const rule of rules.groups.flatMap((group) => group.rules)) {
    expect(rule.labels).toHaveProperty('severity')
    expect(Object.keys(rule.annotations).sort()).toEqual(['description', 'summary'])
  }
})
