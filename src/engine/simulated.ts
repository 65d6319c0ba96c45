import { aimOf, type Aim } from '../correlate/aim.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { topologyOf, type Topology, type TopologyNode } from '../domain/topology.ts'
import type { Clock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import type { WindowStore } from '../signals/windows.ts'
import { openAlerts, type AlertBook } from './alerts/book.ts'
import type { Engine } from './engine.ts'
import { openIncidents } from './incidents.ts'
import type { EnginePorts, Settings } from './ports.ts'
import { noStorm } from './storm.ts'
import { keepDay } from './views/day.ts'

/** What is played, and with which rooms. */
export type Subject = Pick<EnginePorts, 'gates' | 'actions' | 'remedies' | 'engines'> & {
  readonly settings: Settings
  readonly graceMs: number
  readonly windows: () => WindowStore
}

/** The real engine on a world that is played to it: without a loop of its own, and without connectors. */
export type Simulated = {
  readonly engine: Engine
  readonly windows: WindowStore
  readonly alerts: AlertBook
  /** Which target an alert names now. */
  readonly aim: Aim
  /** Goes on, or back, to a moment in epoch milliseconds. */
  setTime(now: number): void
  /** All that exists from now on. */
  setTargets(nodes: readonly TopologyNode[]): void
}

/** @param startMs epoch milliseconds */
export async function simulatedEngine(subject: Subject, record: RecordPort, startMs: number): Promise<Simulated> {
  const { settings, graceMs, gates, actions, remedies, engines } = subject
  const time = simulatedTime(startMs)
  const windows = subject.windows()
  const day = keepDay(record)
  let topology: Topology = topologyOf([])
  let aim = aimOf(settings.alertTargets, topology)
  let knownSince = new Map<ResourceRef, number>()
  const alerts = await openAlerts({
    record: day.record,
    clock: time.clock,
    aim: (...asked) => aim(...asked),
    wake: () => {},
  })
  let names = 0
  const ports: EnginePorts = {
    version: 'simulated',
    record: day.record,
    clock: time.clock,
    newId: (prefix) => `${prefix}-${(names += 1)}`,
    log: silentLog,
    windows,
    alerts,
    topology: () => topology,
    knownSince: () => knownSince,
    graceMs,
    tools: () => ({}),
    killSwitch: () => 'absent',
    sources: () => [],
    settings,
    reload: async () => settings,
    gates,
    actions,
    remedies,
    engines,
    pollMs: 0,
  }
  const engine = engineOf(ports, day, await openIncidents(day.record))
  return {
    engine,
    windows,
    alerts,
    aim: (...asked) => aim(...asked),
    setTime: time.set,
    setTargets: (nodes) => {
      const before = topology
      const now = time.clock.now()
      topology = topologyOf(nodes)
      knownSince = new Map([...topology.keys()].map((ref) => [ref, knownSince.get(ref) ?? now]))
      aim = aimOf(settings.alertTargets, topology)
      // An alert may come before its target is found.
      if ([...topology.keys()].some((ref) => !before.has(ref))) alerts.aimAnew('unmapped')
    },
  }
}

/** An engine that turns when it is told to. */
function engineOf(ports: EnginePorts, day: Engine['day'], incidents: Engine['incidents']): Engine {
  return {
    ports,
    incidents,
    startedAt: ports.clock.now(),
    day,
    settings: ports.settings,
    pause: undefined,
    ailing: [],
    freeze: new AbortController(),
    halt: new AbortController(),
    lastMoment: undefined,
    runs: new Map(),
    proposing: new Map(),
    problems: new Map(),
    storm: noStorm(),
    budgets: { hours: new Map() },
    loop: { turns: 0, turnMs: 0, lagMs: 0 },
    wake: () => {},
  }
}

/** Time that goes on when it is told to. Nobody sleeps in it: what would wait is done at once. */
function simulatedTime(startMs: number): { readonly clock: Clock; set(now: number): void } {
  let nowMs = startMs
  const moment: Clock['moment'] = () => ({ wallMs: nowMs, bootMs: nowMs, bootId: 'simulated' })
  return { clock: { now: () => nowMs, moment, sleep: async () => {} }, set: (now) => void (nowMs = now) }
}
