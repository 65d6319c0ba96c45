import { actions } from '../src/actions/registry.ts'
import { REMEDIES } from '../src/decide/registry.ts'
import { DIAGNOSIS_ENGINES } from '../src/diagnose/registry.ts'
import type { RecordPort } from '../src/domain/ports.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import type { Observation } from '../src/domain/signal.ts'
import type { EnginePorts } from '../src/engine/ports.ts'
import { startEngine, type Running } from '../src/engine/start.ts'
import { GATES } from '../src/gate/registry.ts'
import { idMaker } from '../src/lib/ids.ts'
import { silentLog } from '../src/lib/log.ts'
import { createWindows } from '../src/signals/windows.ts'
import { fakeClock, type FakeClock } from './fakes/fake-clock.ts'
import { memoryInstances, type MemoryInstances } from './fakes/memory-instances.ts'
import { POLICY, TOPOLOGY, WEB_1, WEB_2, WEB_3 } from './gate-world.ts'

const PROBE_MS = 1000
const INSTANCES: readonly ResourceRef[] = [WEB_1, WEB_2, WEB_3]

/** The real engine on the real record, with instances in memory; those known to exist are probed once a second of fake time. */
export type EngineWorld = {
  readonly clock: FakeClock
  readonly instances: MemoryInstances
  readonly ports: EnginePorts
  /** Nothing is measured any more, or again. */
  silence(isSilent: boolean): void
  start(): Promise<Running>
  /** Stops the engine and waits until it has. */
  stop(running: Running): Promise<void>
}

/** What the world shows beside the state of its instances. */
export type Senses = {
  /** Absent: the three of the shop. */
  readonly instances?: readonly ResourceRef[]
  /** Whether a probe is answered; absent: by what is running and ready. */
  readonly answers?: (target: ResourceRef) => boolean
  /** How often everything is measured. @default a second */
  readonly probeMs?: number
  /** More that is measured, each time. */
  readonly more?: () => readonly { readonly target: ResourceRef; readonly metric: string; readonly value: number }[]
  /** Told of everything that is seen. */
  readonly seen?: (observation: Observation) => void
}

export function engineWorld(
  record: RecordPort,
  change: Partial<EnginePorts> = {},
  {
    instances: served = INSTANCES,
    answers = () => true,
    more = () => [],
    seen = () => {},
    probeMs = PROBE_MS,
  }: Senses = {},
): EngineWorld {
  const clock = fakeClock()
  const instances = memoryInstances(served, { now: clock.now })
  const windows = createWindows()
  let isSilent = false
  const probe = (): void => {
    clock.after(probeMs, probe)
    if (isSilent) return
    const at = clock.now()
    const known = (change.topology ?? (() => TOPOLOGY))()
    const samples = served
      .filter((target) => known.has(target))
      .flatMap((target) => {
        const { running, ready } = instances.look(target)
        const sample = (metric: string, value: boolean): object => ({
          metric,
          labels: {},
          target,
          at,
          value: Number(value),
        })
        return [sample('up', running && ready && answers(target)), sample('running', running)]
      })
    const others = more().map((one) => ({ ...one, labels: {}, at }))
    const observation: Observation = {
      source: 'probe',
      intervalMs: probeMs,
      samples: [...samples, ...others] as never,
    }
    windows.add(observation)
    seen(observation)
  }
  probe()
  const settings: EnginePorts['settings'] = {
    digest: 'd',
    mode: 'live',
    policies: [POLICY],
    limits: { perTarget: [{ attempts: 3, withinMs: 300_000, latches: false }], minHealthy: 1 },
    never: [],
    freezeWindows: [],
    aliases: new Map(),
    alertTargets: [],
  }
  const ports: EnginePorts = {
    version: 'test',
    record,
    clock,
    newId: idMaker(clock.now),
    log: silentLog,
    windows,
    topology: () => TOPOLOGY,
    tools: () => ({ instances }),
    killSwitch: () => 'absent',
    sources: () => [],
    settings,
    reload: async () => settings,
    gates: GATES,
    actions: [...actions.values()],
    remedies: REMEDIES,
    engines: DIAGNOSIS_ENGINES,
    pollMs: 250,
    ...change,
  }
  return {
    clock,
    instances,
    ports,
    silence: (silent) => {
      isSilent = silent
    },
    start: () => startEngine(ports),
    stop: async (running) => {
      const stopped = running.stop()
      await clock.advance(1000)
      await stopped
    },
  }
}
