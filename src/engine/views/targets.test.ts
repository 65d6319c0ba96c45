import { expect, test } from 'vitest'
import { API, at, POLICY, TOPOLOGY, WEB, WEB_1, WEB_2 } from '../../../test/gate-world.ts'
import { finding } from '../../../test/fixtures/incidents.ts'
import type { Incident } from '../../domain/incident.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { TargetView } from '../../domain/view.ts'
import { targetViews, type TargetWorld } from './targets.ts'

const incident: Incident = {
  id: 'inc-1',
  owner: WEB,
  status: 'open',
  severity: 'high',
  openedAt: 0,
  findings: [{ ...finding, target: WEB_1 }],
  attempts: [],
  waitingFor: [],
}
const BLIND: Incident = { ...incident, findings: [{ ...finding, target: WEB_1, state: 'blind' }] }
const hold = (target: ResourceRef, forMs = 60_000): TargetWorld['ledger']['holds'][number] => ({
  target,
  since: at(0),
  forMs,
  reason: 'disk swap',
  by: 'ben',
})
const lock = (resource: string, mode: 'own' | 'within' = 'own'): TargetWorld['ledger']['locks'][number] => ({
  resource,
  run: 'run-1',
  mode,
})

function seen(
  ref: ResourceRef,
  { ledger, ...world }: Partial<Omit<TargetWorld, 'ledger'>> & { ledger?: Partial<TargetWorld['ledger']> } = {},
): TargetView {
  const views = targetViews({
    topology: TOPOLOGY,
    policies: [POLICY],
    incidents: [],
    openRuns: new Set(),
    now: at(1000),
    ...world,
    ledger: { locks: [], holds: [], latches: [], ...ledger },
  })
  return views.find(({ target }) => target === ref)!
}

test('a target with nothing to say about it is well where somebody watches it, or a part of it', () => {
  expect(seen(WEB_1)).toEqual({
    target: WEB_1,
    state: 'well',
    partOf: WEB,
    dependsOn: [],
    calls: [],
    policies: [POLICY.name],
  })
  expect(seen(WEB).state).toBe('well')
  expect(seen(API)).toMatchObject({ state: 'unwatched', because: 'no policy covers it' })
})

test('what is found on a target is told of it and of its service, and of no other', () => {
  const told = { incident: 'inc-1', because: finding.summary }
  expect(seen(WEB_1, { incidents: [incident] })).toMatchObject({ state: 'unwell', ...told })
  expect(seen(WEB, { incidents: [incident] })).toMatchObject({ state: 'unwell', ...told })
  expect(seen(WEB_2, { incidents: [incident] }).state).toBe('well')
  expect(seen(WEB_1, { incidents: [BLIND] })).toMatchObject({ state: 'blind', ...told })
})

test('what only a detector holds to be unusual makes no target unwell', () => {
  const suspicion: Incident = { ...incident, findings: [{ ...finding, lead: 'unusual' }] }
  expect(seen(WEB_1, { incidents: [suspicion] }).state).toBe('well')
  expect(seen(WEB_1, { incidents: [suspicion, incident] }).state).toBe('unwell')
})

test('a repair goes before a hold, a hold before trouble, trouble before blindness', () => {
  const both = { incidents: [BLIND, incident] }
  expect(seen(WEB_1, both).state).toBe('unwell')
  const held = { ...both, ledger: { holds: [hold(WEB)] } }
  expect(seen(WEB_1, held)).toMatchObject({ state: 'held', because: 'held by ben: disk swap', incident: 'inc-1' })
  const locks = [lock(WEB_1), lock(WEB, 'within')]
  const inRepair = { ...both, openRuns: new Set(['run-1']), ledger: { holds: [hold(WEB)], locks } }
  expect(seen(WEB_1, inRepair)).toMatchObject({ state: 'in-repair', because: 'run-1' })
  expect(seen(WEB, inRepair)).toMatchObject({ state: 'in-repair' })
})

test('a lock that outlived its run holds its target, and not its owners; a hold that is over holds nothing', () => {
  const ledger = { locks: [lock(WEB_1), lock(WEB, 'within')] }
  expect(seen(WEB_1, { ledger })).toMatchObject({ state: 'held', because: 'run-1 has ended and keeps its lock' })
  expect(seen(WEB, { ledger }).state).toBe('well')
  expect(seen(WEB_1, { ledger: { holds: [hold(WEB_1, 500)] } }).state).toBe('well')
})

test('an owner that is latched holds what is part of it', () => {
  const latches = [{ owner: WEB, since: at(0), reason: 'recurring' }]
  expect(seen(WEB_2, { ledger: { latches } })).toMatchObject({ state: 'held', because: 'recurring' })
})
