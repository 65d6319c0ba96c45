import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestRecord } from '../../../test/engine-conformance.ts'
import { at, BEGIN, finding, plan } from '../../../test/fixtures/incidents.ts'
import type { EntryBody } from '../../domain/entry.ts'
import type { Incident } from '../../domain/incident.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { topologyOf, type TopologyNode } from '../../domain/topology.ts'
import { createWindows } from '../../signals/windows.ts'
import { mergedChanges, recordedChanges } from './changes.ts'
import { seenChanges } from './seen-changes.ts'

const WEB: ResourceRef = 'lab:shop/service/web'
const WEB_1: ResourceRef = 'lab:shop/instance/web-1'
const API: ResourceRef = 'lab:shop/service/api'
const API_1: ResourceRef = 'lab:shop/instance/api-1'
const POOL: ResourceRef = 'edge:shop/pool/web'
const MAIL_1: ResourceRef = 'lab:shop/instance/mail-1'

const node = (ref: ResourceRef, more: Partial<TopologyNode> = {}): TopologyNode => ({
  ref,
  dependsOn: [],
  durable: true,
  sharedFate: [],
  ...more,
})
const topology = topologyOf([
  node(WEB, { dependsOn: [API] }),
  node(WEB_1, { partOf: WEB, durable: false }),
  node(API),
  node(API_1, { partOf: API, durable: false }),
  node(POOL, { dependsOn: [WEB] }),
  node(MAIL_1, { durable: false }),
])

const incident: Incident = {
  id: 'inc-9',
  owner: WEB,
  status: 'open',
  severity: 'high',
  openedAt: BEGIN,
  findings: [finding],
  attempts: [],
  waitingFor: [],
}

let record: RecordPort
beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(() => record.close())

const MINUTE = 60_000
const before = (minutes: number, body: EntryBody, run?: string): Promise<number> =>
  record.commit({ at: at(-minutes * MINUTE), entries: [{ body, ...(run !== undefined && { run }) }] })
const applied = (name: string): EntryBody => ({ kind: 'step-succeeded', step: `${name}/apply`, result: null })
const startedOn = (target: ResourceRef): EntryBody => ({
  kind: 'run-started',
  plan: { ...plan, target, steps: [{ ...plan.steps[0]!, target }] },
  version: 'v',
  epoch: 1,
})

test('what the record says of the hour before, of what is near, newest first', async () => {
  const paused: EntryBody = { kind: 'paused', freeze: false, by: 'ann', reason: 'looking' }
  const [name] = plan.steps.map((step) => step.name)
  await before(90, { ...paused, reason: 'long ago' })
  await before(59, paused)
  await before(50, startedOn(API_1), 'run-api')
  await before(49, applied(name!), 'run-api')
  await before(48, startedOn(MAIL_1), 'run-mail')
  await before(47, applied(name!), 'run-mail')
  await before(40, { kind: 'held', target: POOL, forMs: 60_000, by: 'ben', reason: 'new weights' })
  await before(39, { kind: 'held', target: MAIL_1, forMs: 60_000, by: 'ben', reason: 'far away' })
  await before(30, { kind: 'released', subject: POOL, by: 'ben', reason: 'done' })
  const opened: EntryBody = { kind: 'incident-opened', owner: WEB, severity: 'high', findings: [finding] }
  await record.commit({ at: at(0), entries: [{ incident: incident.id, body: opened }] })
  await before(-1, { ...paused, reason: 'later' })
  const entries = await record.entries({ incident: incident.id })
  const changes = await recordedChanges(record, incident, entries, topology)
  expect(changes.map(({ what, target, text }) => [what, target, text])).toEqual([
    ['release', POOL, `${POOL} was released: done`],
    ['hold', POOL, 'held for 1m: new weights'],
    ['repair', API_1, 'restart-instance by run-api'],
    ['pause', undefined, 'paused: looking'],
  ])
})

test('restarts and other configurations are seen in the ages and counts of what is near', () => {
  const windows = createWindows()
  const tell = (target: ResourceRef, metric: string, at: number, value: number): void =>
    windows.add({ source: 's', intervalMs: 1000, samples: [{ metric, labels: {}, target, at, value }] })
  for (const second of [3, 2, 1, 0]) {
    const now = BEGIN - second * 1000
    tell(WEB_1, 'instance_age_seconds', now, 600 - second)
    tell(API_1, 'config_age_seconds', now, 60.2 - second)
    tell(API_1, 'instance_age_seconds', now, 9000 - second)
    tell(POOL, 'restarts_total', now, second < 2 ? 1 : 0)
    tell(MAIL_1, 'instance_age_seconds', now, 5 - second)
  }
  const changes = seenChanges(incident, { windows, topology })
  expect(changes.map(({ what, target, at: changedAt }) => [what, target, changedAt - BEGIN])).toEqual([
    ['restart', POOL, -1000],
    ['configuration', API_1, -60_200],
    ['restart', WEB_1, -600_000],
  ])
})

test('what was kept and what is still seen is told once, and no more than fifty', () => {
  const one = (at: number, text: string): ReturnType<typeof mergedChanges>[number] => ({ at, what: 'restart', text })
  expect(mergedChanges([one(1000, 'a')], [one(2500, 'a'), one(9000, 'b')]).map(({ text }) => text)).toEqual(['b', 'a'])
  const many = Array.from({ length: 80 }, (_, i) => one(i * 10_000, `change ${i}`))
  expect(mergedChanges(many)).toEqual(many.toReversed().slice(0, 50))
})
