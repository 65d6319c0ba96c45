import { monitorEventLoopDelay } from 'node:perf_hooks'
import { actions } from '../../src/actions/registry.ts'
import { REMEDIES } from '../../src/decide/registry.ts'
import { DIAGNOSIS_ENGINES } from '../../src/diagnose/registry.ts'
import type { Policy } from '../../src/domain/policy.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { topologyOf, type TopologyNode } from '../../src/domain/topology.ts'
import { startEngine } from '../../src/engine/start.ts'
import { GATES } from '../../src/gate/registry.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { idMaker } from '../../src/lib/ids.ts'
import { silentLog } from '../../src/lib/log.ts'
import { createWindows } from '../../src/signals/windows.ts'
import { openRecord } from '../../src/store/record.ts'
import { memoryInstances } from '../../test/fakes/memory-instances.ts'

/*
 * The owner that `waiting` measures: the real engine on the real record, over instances in memory. So many of them are
 * down and wait for a person, so many are mended and asleep in their stabilisation window. `owner FOLDER ASKED ASLEEP LATER`
 * says several times a second how many there are; LATER is 1 after a kill, when what was mended is well.
 */
const [folder = '', asked = '0', asleep = '0', later = '0'] = process.argv.slice(2)
const PROBE_MS = 5000

const service = (i: number): ResourceRef => `bench:shop/service/s-${i}`
const refOf = (kind: string, i: number): ResourceRef => `bench:shop/instance/${kind}-${i}`
const asking = Array.from({ length: Number(asked) }, (_, i) => refOf('asked', i))
const sleeping = Array.from({ length: Number(asleep) }, (_, i) => refOf('asleep', i))
const all = [...asking, ...sleeping]

const nodes = all.flatMap((ref, i): TopologyNode[] => [
  { ref: service(i), dependsOn: [], durable: true, sharedFate: [] },
  { ref, partOf: service(i), dependsOn: [], durable: false, sharedFate: [] },
])
const topology = topologyOf(nodes)

const clock = systemClock()
const instances = memoryInstances(all, { now: () => clock.now() })
for (const ref of later === '1' ? asking : all) instances.set(ref, { running: false })

const windows = createWindows({ capacity: () => 4 })
const probe = (): void => {
  const at = clock.now()
  const samples = all.flatMap((target) => {
    const { running } = instances.look(target)
    const sample = { labels: {}, target, at, value: Number(running) }
    return [
      { metric: 'up', ...sample },
      { metric: 'running', ...sample },
    ]
  })
  windows.add({ source: 'bench', intervalMs: PROBE_MS, samples })
}
probe()
setInterval(probe, PROBE_MS)

const policyOf = (name: string, autonomy: Policy['autonomy']): Policy => ({
  name,
  condition: 'up == 0',
  target: `bench:shop/instance/${name}-*`,
  severity: 'high',
  ladder: ['restart-instance', 'page'],
  autonomy,
  allowIrreversible: ['restart-instance'],
  cooldownMs: 0,
  verify: { healthyForMs: 3_600_000, withinMs: 7_200_000, blindForMs: 3_600_000, guards: [] },
})

const record = await openRecord({ folder, moment: () => clock.moment() })
const settings = {
  digest: 'bench',
  mode: 'live',
  policies: [policyOf('asked', 'approve'), policyOf('asleep', 'auto')],
  limits: { perTarget: [], minHealthy: 0 },
  never: [],
  freezeWindows: [],
  aliases: new Map<string, string>(),
  alertTargets: [],
} as const
const { engine } = await startEngine({
  version: 'bench',
  record,
  clock,
  newId: idMaker(() => clock.now()),
  log: silentLog,
  windows,
  topology: () => topology,
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
})

/** What the owner says of itself, several times a second. */
export type Standing = {
  /** Incidents that wait for a person, and runs asleep in their stabilisation window. */
  readonly asked: number
  readonly asleep: number
  readonly rssMib: number
  readonly turnMs: number
  /** 99th percentile of the last few seconds. */
  readonly delayMs: number
}

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
const report = (): void => {
  const open = engine.incidents.open()
  const said: Standing = {
    asked: open.filter(({ waitingFor, attempts }) => waitingFor.length > 0 && attempts.length === 0).length,
    asleep: open.filter(({ status }) => status === 'verifying' && engine.runs.size >= sleeping.length).length,
    rssMib: process.memoryUsage.rss() / 2 ** 20,
    turnMs: engine.loop.turnMs,
    delayMs: delay.percentile(99) / 1e6,
  }
  process.send?.(said)
}
setInterval(report, 200)
setInterval(() => delay.reset(), 10_000)
process.once('disconnect', () => process.exit())
process.once('SIGTERM', () => process.exit())
