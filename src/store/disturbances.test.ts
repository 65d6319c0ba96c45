import fc from 'fast-check'
import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fakeClock } from '../../test/fakes/fake-clock.ts'
import { input, restart, TOPOLOGY, WEB, WEB_1, WEB_2, WEB_3 } from '../../test/gate-world.ts'
import { newFolder } from '../../test/store/sample.ts'
import { effectOf, RATE_MS } from '../domain/disturbance.ts'
import { ConflictError } from '../domain/errors.ts'
import type { Write } from '../domain/ledger.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { check } from '../gate/check.ts'
import { blastRadius } from '../gate/gates/blast-radius.ts'
import { global } from '../gate/gates/global.ts'
import { openRecord } from './record.ts'

const INSTANCES: readonly ResourceRef[] = [WEB_1, WEB_2, WEB_3]
const LIMITS = {
  perTarget: [],
  minHealthy: 0,
  perService: { atOnce: 2, share: 1 },
  global: { atOnce: 2, effectsPerHour: 5 },
}

const instance = fc.nat(2)
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), instance }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('charge' as const), instance }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const), instance }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -9e6, max: 9e6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 2e6 }) }) },
)

/** Runs that ask when they like and act on it later, on one record, under clocks that jump. */
async function play(acts: readonly (typeof act extends fc.Arbitrary<infer T> ? T : never)[]): Promise<void> {
  const folder = newFolder()
  const clock = fakeClock()
  const options = { folder, moment: clock.moment, inProcess: true, synchronous: 'off', reserveBytes: 0 } as const
  let record = await openRecord(options)
  let turn = 0
  const write = (...writes: Write[]) =>
    record.commit({ at: clock.moment(), entries: [{ body: { kind: 'paged', about: 'x', reason: 'x' } }], writes })
  /** What each has been allowed, and when in truth what was done. */
  const allowed = new Map<number, { readonly run: string; readonly seen: number }>()
  const under = new Map<number, string>()
  const effects: number[] = []
  for (const one of acts) {
    if (one.do === 'pass') await clock.advance(one.ms)
    else if (one.do === 'jump') clock.jumpWall(one.ms)
    else if (one.do === 'restart') {
      await record.close()
      record = await openRecord(options)
    } else if (one.do === 'settle') {
      const run = under.get(one.instance)
      if (run !== undefined) await write({ do: 'settle', by: run })
      under.delete(one.instance)
    } else if (one.do === 'ask') {
      const ledger = await record.ledger(WEB)
      const step = restart(INSTANCES[one.instance] ?? WEB)
      const plan = { ...input().plan, target: step.target, steps: [step] }
      const asked = input({ plan, ledger, world: { limits: LIMITS }, ask: { now: clock.moment() } })
      const { answer } = check([blastRadius, global], asked)
      if (answer === 'allow') allowed.set(one.instance, { run: `run-${(turn += 1)}`, seen: ledger.lastDisturbance })
      else allowed.delete(one.instance)
    } else {
      const told = allowed.get(one.instance)
      allowed.delete(one.instance)
      if (!told || under.has(one.instance)) continue
      const { run, seen } = told
      const effect = effectOf(restart(INSTANCES[one.instance] ?? WEB), { owner: WEB }, TOPOLOGY)
      const whose = { id: `${run}/restart`, actor: 'repair', by: run, reason: 'x', shadow: false } as const
      try {
        await write({ do: 'charge', seen, disturbance: { ...whose, ...effect } })
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(ConflictError)
        continue
      }
      under.set(one.instance, run)
      effects.push(clock.trueMs())
      expect(under.size).toBeLessThanOrEqual(2)
      expect(effects.filter((at) => clock.trueMs() - at < RATE_MS).length).toBeLessThanOrEqual(5)
    }
  }
  await record.close()
  rmSync(folder, { recursive: true })
}

describe('the blast-radius ledger', () => {
  test('never holds more than the limit, whoever asks, acts, restarts and sets the clock in between', async () => {
    await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 60, size: 'max' }), play), { numRuns: 60 })
  })

  test('forgets what nothing counts any more, and keeps what goes on', async () => {
    const folder = newFolder()
    const clock = fakeClock()
    const record = await openRecord({ folder, moment: clock.moment, inProcess: true, reserveBytes: 0 })
    const effect = effectOf(restart(WEB_1), { owner: WEB }, TOPOLOGY)
    const charge = (by: string): Write => ({
      do: 'charge',
      disturbance: { id: `${by}/restart`, actor: 'repair', by, reason: 'x', shadow: false, ...effect },
    })
    const write = (...writes: Write[]) =>
      record.commit({ at: clock.moment(), entries: [{ body: { kind: 'paged', about: 'x', reason: 'x' } }], writes })
    await write(charge('old'), charge('long'), { do: 'settle', by: 'old' })
    await clock.advance(RATE_MS - 1)
    await write(charge('new'))
    const names = async () => (await record.ledger(WEB)).disturbances.map(({ by }) => by)
    expect(await names()).toEqual(['old', 'long', 'new'])
    await clock.advance(1)
    await write(charge('newer'))
    expect(await names()).toEqual(['long', 'new', 'newer'])
    await write(charge('long'))
    expect((await record.ledger(WEB)).disturbances).toHaveLength(3)
    await write({ do: 'unlock', run: 'long' })
    expect((await record.ledger(WEB)).disturbances.find(({ by }) => by === 'long')?.endedAt).toBeDefined()
    await record.close()
    rmSync(folder, { recursive: true })
  })
})
