import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lampStep, newLamps, type Lamps } from '../../test/conformance/lamps.ts'
import { openTestRecord } from '../../test/engine-conformance.ts'
import { engineWorld, type EngineWorld, type Senses } from '../../test/engine-world.ts'
import { POLICY, WEB, WEB_1 } from '../../test/gate-world.ts'
import type { Remedy } from '../decide/remedy.ts'
import type { DiagnosisEngine } from '../diagnose/diagnose.ts'
import type { EntryBody } from '../domain/entry.ts'
import type { Policy } from '../domain/policy.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { EnginePorts } from './ports.ts'
import { startEngine, type Running } from './start.ts'

let record: RecordPort
let running: Running | undefined
let world: EngineWorld

beforeEach(async () => {
  record = await openTestRecord()
})
afterEach(async () => {
  if (running) await world.stop(running)
  running = undefined
  await record.close()
})

async function begin(
  policies: readonly Policy[],
  change: Partial<EnginePorts> = {},
  senses: Senses = {},
): Promise<void> {
  const { settings } = engineWorld(record).ports
  world = engineWorld(record, { settings: { ...settings, policies }, ...change }, senses)
  running = await world.start()
}
const bodies = async (): Promise<EntryBody[]> => (await record.entries({})).flatMap(({ body }) => body ?? [])
const ends = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'run-ended' ? [body.outcome] : []))
const remedies = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'run-started' ? [body.plan.remedy] : []))
const pages = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'paged' ? [body.reason] : []))
const endedBy = async (): Promise<string[]> =>
  (await bodies()).flatMap((body) => (body.kind === 'incident-closed' ? [body.endedBy] : []))

test('a restart that does not help goes on to the next rung', async () => {
  let restarts = 0
  // It answers only after its second restart.
  const answers: Senses['answers'] = (target) => {
    restarts = world?.instances.effects.filter((effect) => effect.target === WEB_1).length ?? 0
    return target !== WEB_1 || world === undefined || world.clock.now() < sickAt || restarts >= 2
  }
  let sickAt = Infinity
  await begin([{ ...POLICY, cooldownMs: 0 }], {}, { answers })
  sickAt = world.clock.now()
  await world.clock.advance(60_000)
  expect(await remedies()).toEqual(['restart-instance', 'restart-service'])
  expect(await ends()).toEqual(['spent', 'healed'])
  expect(await endedBy()).toEqual(['kintsugi'])
})

describe('a change that can be taken back', () => {
  const ERRORS: Policy = {
    ...POLICY,
    name: 'errors',
    condition: 'error_rate > 5',
    target: WEB,
    ladder: ['turn', 'page'],
    cooldownMs: 0,
    verify: {
      healthyForMs: 2000,
      withinMs: 8000,
      blindForMs: 5000,
      guards: [{ name: 'users', target: WEB, expr: 'failed_share', max: 0.02 }],
    },
  }
  const turn: Remedy = {
    name: 'turn',
    weight: 10,
    propose: () => ({ applies: true, target: WEB, steps: [{ ...lampStep(WEB), disrupts: [] }], cannotUndo: [] }),
  }
  const known: DiagnosisEngine = {
    name: 'known',
    suggest: () => [{ cause: 'dark', target: WEB, confidence: 0.9, summary: '', for: [], against: [] }],
  }

  /** Turns a knob of the service to 7 when its errors are at 40 %; what is seen depends on the knob and the time. */
  async function turned(
    seen: (knob: number, ms: number) => { readonly errors: number; readonly failed?: number },
    captureMs = 0,
  ): Promise<Lamps> {
    const lamps = newLamps(async () => {})
    lamps.brightness.set(WEB, 0)
    let from = 0
    const more = (): { target: typeof WEB; metric: string; value: number }[] => {
      const { errors, failed = 0.1 } = seen(lamps.brightness.get(WEB) ?? 0, world ? world.clock.now() - from : 0)
      return [
        { target: WEB, metric: 'error_rate', value: errors },
        { target: WEB, metric: 'failed_share', value: failed },
      ]
    }
    const actions = lamps.actions.map((action) => ({
      ...action,
      capture: async (x: Parameters<typeof action.capture>[0]) => {
        await world.clock.sleep(captureMs)
        return action.capture(x)
      },
    }))
    await begin([ERRORS], { actions, remedies: [turn], engines: [known] }, { more })
    from = world.clock.now()
    await world.clock.advance(40_000)
    return lamps
  }

  test('that halves the errors and misses the criterion is kept: helped, not enough', async () => {
    const { brightness } = await turned((knob) => ({ errors: knob === 7 ? 20 : 40 }))
    expect(await ends()).toEqual(['helped'])
    expect(brightness.get(WEB)).toBe(7)
    expect((await running!.operator.status()).incidents).toMatchObject([{ status: 'escalated' }])
  })

  test('that changes nothing is taken back', async () => {
    const { brightness } = await turned(() => ({ errors: 40 }))
    expect(await ends()).toEqual(['rolled-back'])
    expect(brightness.get(WEB)).toBe(0)
  })

  test('that makes it worse for users is undone to the snapshot', async () => {
    const { brightness, effects } = await turned((knob) => ({ errors: 40, failed: knob === 7 ? 0.5 : 0.1 }))
    expect(await ends()).toEqual(['rolled-back'])
    expect(effects.map(({ what }) => what)).toEqual(['set 7', 'set 0'])
    expect(brightness.get(WEB)).toBe(0)
  })

  test('gets no credit for what had halved by itself before it was made', async () => {
    const { brightness } = await turned((_, ms) => ({ errors: ms < 2000 ? 40 : 20 }), 3500)
    expect(await ends()).toEqual(['rolled-back'])
    expect(brightness.get(WEB)).toBe(0)
  })
})

describe('a source that is lost twenty seconds after the effect', () => {
  const SLOW: Policy = {
    ...POLICY,
    verify: { ...POLICY.verify, healthyForMs: 30_000, withinMs: 60_000, blindForMs: 120_000 },
  }
  async function lost(): Promise<void> {
    await begin([SLOW])
    world.instances.set(WEB_1, { running: false })
    await world.clock.advance(5000)
    expect(world.instances.effects).toHaveLength(1)
    await world.clock.advance(20_000)
    world.silence(true)
    await world.clock.advance(60_000)
  }

  test('leaves the run blind: nothing is undone, and a person is told once', async () => {
    await lost()
    expect(await ends()).toEqual([])
    expect(world.instances.effects).toHaveLength(1)
    expect(await pages()).toEqual([expect.stringMatching(/^applied, unverified: /)])
    expect((await running!.operator.status()).locks).not.toEqual([])
  })

  test('and the run is judged when it is back', async () => {
    await lost()
    world.silence(false)
    await world.clock.advance(40_000)
    expect(await ends()).toEqual(['healed'])
    expect(await pages()).toHaveLength(1)
  })

  test('also by the next owner, who tells nobody again', async () => {
    await lost()
    await world.stop(running!)
    running = await world.start()
    await world.clock.advance(40_000)
    expect(await pages()).toHaveLength(1)
    world.silence(false)
    await world.clock.advance(40_000)
    expect(await ends()).toEqual(['healed'])
  })

  test('parks the run when it stays away', async () => {
    await lost()
    await world.clock.advance(70_000)
    expect(await ends()).toEqual(['parked'])
    expect(world.instances.effects).toHaveLength(1)
  })
})

test('a recovery that was seen before the effect was asked for is not credited to it, whenever it came', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(5000), fc.nat(3000), async (recoversAfterMs, captureMs) => {
      const own = await openTestRecord()
      const { ports, ...rest } = engineWorld(own)
      const { instances, clock } = rest
      let reads = 0
      const slow = {
        ...instances,
        read: async (...args: Parameters<typeof instances.read>) => {
          // Between the decision and the question before the effect lies the capture, which may take long.
          if ((reads += 1) === 1) await clock.sleep(captureMs)
          return instances.read(...args)
        },
      }
      const here = await startEngine({ ...ports, tools: () => ({ instances: slow }) })
      await clock.advance(1000)
      instances.set(WEB_1, { running: false })
      let wasSeenWell = false
      clock.after(recoversAfterMs, () => {
        if (instances.effects.length === 0) instances.set(WEB_1, { running: true, ready: true })
        // The next probe is at most a second away.
        clock.after(1001, () => (wasSeenWell = instances.effects.length === 0))
      })
      await clock.advance(25_000)
      const told = (await own.entries({})).flatMap(({ body }) => body ?? [])
      const credit = told.flatMap((body) => (body.kind === 'incident-closed' ? [body.endedBy] : []))
      const healed = told.some((body) => body.kind === 'run-ended' && body.outcome === 'healed')
      expect(healed).toBe(instances.effects.length > 0)
      expect(credit).toEqual(credit.map(() => (healed ? 'kintsugi' : 'itself')))
      if (wasSeenWell) expect(instances.effects).toEqual([])
      await rest.stop(here)
      await own.close()
    }),
    { numRuns: 20 },
  )
})
