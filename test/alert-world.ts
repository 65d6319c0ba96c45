import { aimOf } from '../src/correlate/aim.ts'
import type { AimRule, Alert } from '../src/domain/alert.ts'
import type { EntryBody } from '../src/domain/entry.ts'
import type { Policy } from '../src/domain/policy.ts'
import type { RecordPort } from '../src/domain/ports.ts'
import type { Topology } from '../src/domain/topology.ts'
import { openAlerts, type AlertBook } from '../src/engine/alerts/book.ts'
import { startEngine, type Running } from '../src/engine/start.ts'
import { engineWorld, type EngineWorld } from './engine-world.ts'
import { POLICY, TOPOLOGY } from './gate-world.ts'

export const HIGH_ERRORS = 'alert{alertname="HighErrors"}'

/** From the labels `namespace` and `pod` to an instance of the shop. */
export const POD_RULE: AimRule = {
  match: [{ label: 'pod', op: '=~', value: '.+' }],
  target: 'lab:{namespace}/instance/{pod}',
  trustLabels: ['namespace'],
}

/** The real engine with the real book of alerts, on a fake clock. */
export type AlertWorld = Omit<EngineWorld, 'start' | 'stop'> & {
  readonly book: AlertBook
  readonly running: Running
  /** What exists from now on. */
  exists(topology: Topology): void
  /** What a Prometheus says now and again while web-1 has errors: it ends by itself unless it is said again. */
  firing(change?: Partial<Alert>): Alert
  resolved(): Alert
  bodies(): Promise<EntryBody[]>
  outcomes(): Promise<string[]>
  /** Who ended the incidents that are closed. */
  ends(): Promise<string[]>
  stop(): Promise<void>
}

/** Starts it with one policy on alerts of the name HighErrors, and one rule. */
export async function alertWorld(
  record: RecordPort,
  policy: Partial<Policy> = {},
  rule: AimRule = POD_RULE,
): Promise<AlertWorld> {
  let topology = TOPOLOGY
  const world = engineWorld(record, { topology: () => topology })
  const { clock, ports } = world
  const book = await openAlerts({
    record,
    clock,
    aim: (alert, before) => aimOf([rule], topology)(alert, before),
    wake: () => running.operator.wake(),
  })
  const policies = [{ ...POLICY, condition: HIGH_ERRORS, ...policy }]
  const settings = { ...ports.settings, policies, alertTargets: [rule] }
  const running = await startEngine({ ...ports, alerts: book, settings })
  const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])
  const firing = (change: Partial<Alert> = {}): Alert => ({
    fingerprint: 'f1',
    status: 'firing',
    labels: { alertname: 'HighErrors', namespace: 'shop', pod: 'web-1' },
    annotations: {},
    startsAt: clock.now() - 1000,
    endsAt: clock.now() + 60_000,
    source: 'prometheus',
    receivedAt: clock.now(),
    ...change,
  })
  return {
    ...world,
    book,
    running,
    exists: (next) => void (topology = next),
    firing,
    resolved: () => firing({ status: 'resolved', endsAt: clock.now() }),
    bodies,
    outcomes: async () => (await bodies()).flatMap((body) => (body.kind === 'run-ended' ? [body.outcome] : [])),
    ends: async () => (await bodies()).flatMap((body) => (body.kind === 'incident-closed' ? [body.endedBy] : [])),
    stop: () => world.stop(running),
  }
}
