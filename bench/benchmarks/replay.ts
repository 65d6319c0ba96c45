import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { actions } from '../../src/actions/registry.ts'
import { SHIPPED_ALIASES } from '../../src/config/aliases.ts'
import { REMEDIES } from '../../src/decide/registry.ts'
import { DIAGNOSIS_ENGINES } from '../../src/diagnose/registry.ts'
import type { Intake } from '../../src/domain/intake.ts'
import type { Policy } from '../../src/domain/policy.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import type { Sample } from '../../src/domain/signal.ts'
import type { TopologyNode } from '../../src/domain/topology.ts'
import { replay, type Replayed } from '../../src/engine/replay/play.ts'
import { GATES } from '../../src/gate/registry.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { silentLog } from '../../src/lib/log.ts'
import { readRecording } from '../../src/signals/recording/read.ts'
import { startRecording } from '../../src/signals/recording/write.ts'
import { createWindows } from '../../src/signals/windows.ts'
import { openRecord } from '../../src/store/record.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'

const DAYS = 30
const STEP_MS = 30_000
const INSTANCES = 250
const METRICS = ['up', 'error_ratio', 'request_ms', 'memory_used'] as const
const BEGIN_MS = Date.UTC(2026, 0, 1)
const PER_SERVICE = 10
/** Each instance is down for three minutes, once in so many steps. */
const TROUBLE_EVERY = 20_000
const TROUBLE_STEPS = 6

const METHOD = `a generated month (${INSTANCES * METRICS.length} series every ${STEP_MS / 1000} s, each instance down for three minutes about four times) is written as serve --record-signals writes it, and replayed from the disk with four policies, in one process`

export const replayBench: Bench = {
  about: 'a month of 1,000 series every 30 s, replayed from a recording',
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'kintsugi-bench-replay-'))
    try {
      say(`replay: writing ${DAYS} days`)
      await writeMonth(join(folder, 'signals'))
      say('replay: replaying them')
      return await figures(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

async function figures(folder: string): Promise<Figure[]> {
  const signals = join(folder, 'signals')
  const names = readdirSync(signals)
  const bytes = names.reduce((sum, name) => sum + statSync(join(signals, name)).size, 0)
  const began = process.hrtime.bigint()
  const cpu = process.cpuUsage()
  let mostRss = 0
  const played = await play(folder, () => (mostRss = Math.max(mostRss, process.memoryUsage.rss())))
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  const { user, system } = process.cpuUsage(cpu)
  const settings = { days: DAYS, series: INSTANCES * METRICS.length, stepMs: STEP_MS, policies: POLICIES.length }
  const common = { method: METHOD, settings }
  const { samples } = played.seen
  const figure = (name: string, value: number, unit: string, higherIsBetter: boolean): Figure => ({
    name: `replay ${name}`,
    value: rounded(value),
    unit,
    higherIsBetter,
    ...common,
  })
  return [
    figure('of a month', seconds, 's', false),
    figure('processor time', (user + system) / 1e6, 's', false),
    figure('rate', samples / seconds, 'samples/s', true),
    figure('memory', mostRss / 2 ** 20, 'MiB', false),
    figure('bytes of a sample', bytes / samples, 'B', false),
    figure('incidents', played.stories.length, 'incidents', true),
  ]
}

const service = (i: number): ResourceRef => `lab:shop/service/s${Math.floor(i / PER_SERVICE)}`
const instance = (i: number): ResourceRef => `lab:shop/instance/i${i}`
const common = { dependsOn: [], sharedFate: [] }
const NODES: readonly TopologyNode[] = [
  ...Array.from({ length: INSTANCES / PER_SERVICE }, (_, i) => ({
    ref: service(i * PER_SERVICE),
    durable: true,
    ...common,
  })),
  ...Array.from({ length: INSTANCES }, (_, i) => ({
    ref: instance(i),
    partOf: service(i),
    durable: false,
    ...common,
  })),
]

const policy = (name: string, condition: string): Policy => ({
  name,
  condition,
  target: 'lab:shop/instance/*',
  severity: 'high',
  ladder: ['restart-instance', 'page'],
  autonomy: 'auto',
  allowIrreversible: ['restart-instance'],
  cooldownMs: 600_000,
  verify: { healthyForMs: 120_000, withinMs: 600_000, blindForMs: 300_000, guards: [] },
})
const POLICIES = [
  policy('down', 'up == 0 for 1m'),
  policy('errors', 'error_ratio > 0.05 for 2m'),
  policy('slow', 'avg(request_ms[5m]) > 500'),
  policy('memory', 'memory_used > 90 for 5m'),
]

async function play(folder: string, onProgress: () => void): Promise<Replayed> {
  const { moment } = systemClock()
  const options = { folder: join(folder, 'record'), moment, inProcess: true, reserveBytes: 0 }
  const record = await openRecord({ ...options, synchronous: 'off' })
  const toMs = BEGIN_MS + DAYS * 86_400_000
  try {
    return await replay(readRecording(join(folder, 'signals'), { fromMs: BEGIN_MS, toMs }), {
      subject: {
        settings: {
          digest: '',
          mode: 'live',
          policies: POLICIES,
          limits: { perTarget: [{ attempts: 3, withinMs: 300_000, latches: false }], minHealthy: 2 },
          never: [],
          freezeWindows: [],
          aliases: new Map(Object.entries(SHIPPED_ALIASES)),
          alertTargets: [],
        },
        graceMs: 120_000,
        windows: () => createWindows(),
        gates: GATES,
        actions: [...actions.values()],
        remedies: REMEDIES,
        engines: DIAGNOSIS_ENGINES,
      },
      record,
      fromMs: BEGIN_MS,
      toMs,
      stepMs: STEP_MS,
      onProgress,
    })
  } finally {
    await record.close()
  }
}

/** Written as a live owner writes it; between two hours the disk may catch up, since here there is no time between. */
async function writeMonth(folder: string): Promise<void> {
  const options = { folder, keepMs: Number.MAX_SAFE_INTEGER, mostBytes: 1e12, clock: systemClock(), log: silentLog }
  const begin = () => startRecording({ ...options, known: () => ({ nodes: NODES, alerts: [] }) })
  const steps = (DAYS * 86_400_000) / STEP_MS
  const perHour = 3_600_000 / STEP_MS
  let recording = begin()
  for (let step = 0; step < steps; step++) {
    recording.note(observedAt(step))
    if (step % perHour !== perHour - 1) continue
    await recording.close()
    recording = begin()
  }
  await recording.close()
}

const NO_LABELS = {}
const REFS = Array.from({ length: INSTANCES }, (_, i) => instance(i))

function observedAt(step: number): Intake {
  const at = BEGIN_MS + step * STEP_MS
  const samples: Sample[] = []
  for (const [i, target] of REFS.entries()) {
    const isDown = (step + i * 79) % TROUBLE_EVERY < TROUBLE_STEPS
    const noise = ((step * 2_654_435_761 + i * 40_503) % 1000) / 1000
    const values = [isDown ? 0 : 1, isDown ? 0.5 : noise / 100, 100 + noise * 50, 40 + noise * 20]
    for (const [m, metric] of METRICS.entries()) {
      samples.push({ metric, target, labels: NO_LABELS, at, value: values[m] ?? 0 })
    }
  }
  return { kind: 'observed', at, observation: { source: 'probe', intervalMs: STEP_MS, samples } }
}
