import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { actions } from '../src/actions/registry.ts'
import { REMEDIES } from '../src/decide/registry.ts'
import { DIAGNOSIS_ENGINES } from '../src/diagnose/registry.ts'
import type { Entry } from '../src/domain/entry.ts'
import type { Plan } from '../src/domain/plan.ts'
import type { RecordPort } from '../src/domain/ports.ts'
import type { Verdict } from '../src/domain/verdict.ts'
import { replay, type Replayed } from '../src/engine/replay/play.ts'
import type { EnginePorts } from '../src/engine/ports.ts'
import { GATES } from '../src/gate/registry.ts'
import { silentLog } from '../src/lib/log.ts'
import { readRecording, segmentsIn } from '../src/signals/recording/read.ts'
import { createWindows } from '../src/signals/windows.ts'
import { recorderOf, type Recorder } from '../src/main/recorder.ts'
import { replayAsked } from '../src/main/replay.ts'
import { openTestRecord } from './engine-conformance.ts'
import { engineWorld, type EngineWorld } from './engine-world.ts'
import { TOPOLOGY, WEB_1, WEB_2, WEB_3 } from './gate-world.ts'

// A recording of a live run, replayed with the same policies, comes to the same first decisions as the record of that
// run: what a replay says of other policies can be trusted as far as this holds.

let folder: string
let record: RecordPort
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kintsugi-replay-'))
  record = await openTestRecord()
})
afterEach(async () => {
  await record.close()
  rmSync(folder, { recursive: true })
})

const STEP_MS = 50

/** Lives through some trouble, with everything that comes in written down; answers the world as it was left. */
async function lived(
  trouble: (world: EngineWorld) => Promise<void>,
  settings: Partial<EnginePorts['settings']> = {},
): Promise<EngineWorld> {
  const hand: { recorder?: Recorder; record?: RecordPort } = {}
  const plain = engineWorld(record)
  const told: RecordPort = { ...record, commit: (commit) => (hand.record ?? record).commit(commit) }
  const world = engineWorld(
    told,
    { settings: { ...plain.ports.settings, ...settings } },
    { seen: (observation) => hand.recorder?.observed(observation) },
  )
  const { clock } = world
  const order = { folder, keepMs: 86_400_000, mostBytes: 1e9 }
  const recorder = recorderOf(order, { clock, log: silentLog, topology: () => TOPOLOGY })
  hand.recorder = recorder
  hand.record = recorder.recording(record)
  recorder.lookedAt(TOPOLOGY)
  const running = await world.start()
  await trouble(world)
  await world.stop(running)
  await recorder.close()
  return world
}

async function replayed({ ports, clock }: EngineWorld): Promise<{ replayed: Replayed; entries: readonly Entry[] }> {
  const own = await openTestRecord()
  const { settings } = ports
  try {
    const range = { fromMs: 0, toMs: clock.now() }
    const played = await replay(readRecording(folder, range), {
      subject: {
        settings,
        graceMs: 30_000,
        windows: () => createWindows(),
        gates: GATES,
        actions: [...actions.values()],
        remedies: REMEDIES,
        engines: DIAGNOSIS_ENGINES,
      },
      record: own,
      fromMs: segmentsIn(folder)[0]?.at ?? 0,
      toMs: clock.now(),
      stepMs: STEP_MS,
    })
    return { replayed: played, entries: await own.entries({}) }
  } finally {
    await own.close()
  }
}

/** What was decided first in the first incident: the plan without names and times, and what every gate said. */
function firstDecision(entries: readonly Entry[]): unknown {
  for (const { body } of entries) {
    if (body?.kind === 'run-started') return decisionOf(body.plan)
    if (body?.kind === 'would-run' || body?.kind === 'not-run') return decisionOf(body.plan, body.verdict)
  }
  return undefined
}

function decisionOf(plan: Plan, verdict?: Verdict): unknown {
  const { remedy, target, owner, policy, steps, rejected, within } = plan
  const objecting = (verdict?.answers ?? []).filter(({ gate, answer }) => gate !== 'shadow' && answer !== 'allow')
  return { remedy, target, owner, policy, steps, rejected, within, objecting }
}

const kinds = (entries: readonly Entry[]): string[] => entries.map(({ kind }) => kind)

describe('a recording of a live run, replayed', () => {
  test('comes to the first decision that was made', async () => {
    const world = await lived(async ({ clock, instances }) => {
      await clock.advance(40_000)
      instances.set(WEB_2, { running: false })
      await clock.advance(30_000)
    })
    const live = await record.entries({})
    expect(kinds(live)).toContain('run-started')
    const { entries, replayed: played } = await replayed(world)
    expect(firstDecision(entries)).toEqual(firstDecision(live))
    expect(played.stories[0]?.deeds[0]).toMatchObject({ what: 'act', remedy: 'restart-instance', target: WEB_2 })
  })

  test('is held by the gates that held', async () => {
    const world = await lived(
      async ({ clock, instances }) => {
        await clock.advance(40_000)
        instances.set(WEB_1, { running: false })
        instances.set(WEB_3, { running: false })
        await clock.advance(20_000)
      },
      { limits: { perTarget: [{ attempts: 3, withinMs: 300_000, latches: false }], minHealthy: 3 } },
    )
    const live = await record.entries({})
    expect(kinds(live)).toContain('not-run')
    const { entries } = await replayed(world)
    expect(firstDecision(entries)).toEqual(firstDecision(live))
  })

  test('is the same to the byte when it is replayed again', async () => {
    const world = await lived(async ({ clock, instances, silence }) => {
      await clock.advance(40_000)
      instances.set(WEB_2, { running: false })
      await clock.advance(20_000)
      silence(true)
      await clock.advance(60_000)
      silence(false)
      await clock.advance(20_000)
    })
    const [one, other] = [await replayed(world), await replayed(world)]
    expect(JSON.stringify(other.replayed)).toBe(JSON.stringify(one.replayed))
    expect(one.replayed.seen.missing).toMatchObject([{ what: 'probe', why: 'nothing came' }])
    expect(one.replayed.stories.some(({ isBlind }) => isBlind)).toBe(true)
  })
})

describe('policies of a file', () => {
  const POLICIES = `policies:
  - name: new-one
    condition: up == 0 for 1 samples
    target: "lab:shop/instance/*"
    ladder: [restart-instance, page]
    autonomy: AUTONOMY
    allowIrreversible: [restart-instance]
`
  const CONFIG = `version: 1
connectors: { lab: { type: process, dir: shims } }
limits: { minHealthy: 1 }
policies:
  - { name: old-one, condition: up == 0, target: "lab:shop/instance/*", ladder: [page] }
`
  const files = (policies: string): { configPath: string; policyFile: string } => {
    const [configPath, policyFile] = [join(folder, 'kintsugi.yaml'), join(folder, 'policies.yaml')]
    writeFileSync(configPath, CONFIG)
    writeFileSync(policyFile, policies)
    return { configPath, policyFile }
  }
  const recorded = (): Promise<EngineWorld> =>
    lived(async ({ clock, instances }) => {
      await clock.advance(40_000)
      instances.set(WEB_2, { running: false })
      await clock.advance(30_000)
    })
  const indented = (text: string): string => text.replaceAll(/^/gm, '    ')

  test.each([
    ['as they are', POLICIES],
    ['in a ConfigMap', `kind: ConfigMap\ndata:\n  policies.yaml: |\n${indented(POLICIES)}`],
    ['in a whole configuration', CONFIG.replace(/policies:[^]*/, POLICIES)],
  ])('%s are replayed instead of those that were there', async (_how, text) => {
    await recorded()
    const report = await replayAsked({ ...files(text.replace('AUTONOMY', 'auto')), recording: folder })
    expect(report.policies).toEqual(['new-one'])
    expect(report.counts).toMatchObject({ incidents: 1, wouldAct: 1, afterEffect: 1, endedAlone: 0 })
    expect(report.incidents[0]?.acted).toMatchObject([{ remedy: 'restart-instance', target: WEB_2 }])
  })

  test('that ask a person would have proposed, and what only observes is held by its autonomy', async () => {
    await recorded()
    const asking = await replayAsked({ ...files(POLICIES.replace('AUTONOMY', 'approve')), recording: folder })
    expect(asking.incidents[0]?.deeds).toMatchObject([{ what: 'propose', gates: [{ gate: 'autonomy' }] }])
    const observing = await replayAsked({ ...files(POLICIES.replace('AUTONOMY', 'observe')), recording: folder })
    expect(observing.incidents[0]?.deeds[0]?.gates.map(({ gate }) => gate)).toEqual(['autonomy'])
    expect(observing.counts.wouldAct).toBe(0)
  })

  test('with a problem are refused with line and column of their file', async () => {
    const asked = { ...files(POLICIES.replace('AUTONOMY', 'sometimes')), recording: folder }
    await expect(replayAsked(asked)).rejects.toThrow(/policies\.yaml:6:\d+: policies\[0\]\.autonomy/)
  })
})
