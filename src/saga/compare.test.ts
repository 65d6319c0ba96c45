import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lampStep, ringStep } from '../../test/conformance/lamps.ts'
import { TIMES } from '../../test/conformance/plan.ts'
import {
  everyKill,
  expectLawful,
  openTestRecord,
  play,
  stateOf,
  type Report,
  type Scenario,
} from '../../test/engine-conformance.ts'
import type { Comparison } from '../domain/comparison.ts'
import type { Canary } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'

let record: Awaited<ReturnType<typeof openTestRecord>>
beforeAll(async () => {
  record = await openTestRecord()
})
afterAll(() => record.close())

const LAMPS: readonly ResourceRef[] = ['a', 'b', 'c', 'd'].map((name): ResourceRef => `lab:shop/lamp/${name}`)
const [A, B, C, D] = LAMPS as [ResourceRef, ResourceRef, ResourceRef, ResourceRef]

function inWaves(step: typeof lampStep | typeof ringStep): Pick<Scenario, 'steps' | 'canary'> {
  const wave = (treats: readonly ResourceRef[], controls: readonly ResourceRef[]): Canary['waves'][number] => ({
    steps: treats.map((ref) => step(ref).name),
    treats,
    controls,
  })
  const waves = [wave([A], [B, C, D]), wave([B], [C, D]), wave([C, D], [])]
  return { steps: LAMPS.map((ref) => step(ref)), canary: { waves, wellForMs: 500, withinMs: 3000 } }
}

const played = async (scenario: Scenario): Promise<Report> => {
  const report = await play(record, scenario)
  expectLawful(report)
  return report
}
const saying =
  (...verdicts: readonly Comparison['verdict'][]) =>
  (wave: number): Partial<Comparison> => ({ verdict: verdicts[wave] ?? 'better' })
const rung = ({ lamps }: Report): string[] => lamps.effects.map(({ target }) => target)
const compared = ({ events }: Report): string[] =>
  events.flatMap((event) => (event.kind === 'compared' ? [`${event.wave} ${event.comparison.verdict}`] : []))
const credit = ({ events }: Report): unknown =>
  events.flatMap((event) => (event.kind === 'run-ended' ? [event.credited] : []))[0]

describe('one wave after the other', () => {
  test('each is compared before the next, the last is only watched, and what heals is credited to us', async () => {
    const report = await played(inWaves(ringStep))
    expect(report.outcome).toBe('healed')
    expect(rung(report)).toEqual(LAMPS)
    expect(compared(report)).toEqual(['0 better', '1 better'])
    expect(credit(report)).toMatchObject({ credit: 'fixed-by-us', controlled: true })
  })

  test('a difference counts once it has lasted', async () => {
    let from: number | undefined
    const report = await played({
      ...inWaves(ringStep),
      compare: (wave, { clock }) => {
        if (wave > 0) return {}
        from ??= clock.trueMs()
        return { verdict: clock.trueMs() - from < 1000 ? 'no-effect' : 'better' }
      },
    })
    expect(report.tookMs).toBeGreaterThanOrEqual(1000 + 500 + 500 + TIMES.healthyForMs)
    expect(report.outcome).toBe('healed')
  })

  test('what comes and goes has had no effect when the time is over', async () => {
    const report = await played({
      ...inWaves(ringStep),
      compare: (_wave, { clock }) => ({ verdict: clock.trueMs() % 800 < 400 ? 'better' : 'alone' }),
    })
    expect(report.outcome).toBe('spent')
    expect(compared(report)).toEqual(['0 no-effect'])
    expect(rung(report)).toEqual([A])
  })

  test('an untouched one that recovered is left alone', async () => {
    const report = await played({ ...inWaves(ringStep), compare: () => ({ recovered: [C] }) })
    expect(rung(report)).toEqual([A, B, D])
    expect(report.outcome).toBe('healed')
  })
})

describe('a wave of which no more may follow', () => {
  test('no effect: what was done is undone, and the ladder goes on', async () => {
    const report = await played({ ...inWaves(lampStep), compare: saying('better', 'no-effect') })
    expect(report.outcome).toBe('rolled-back')
    expect(report.lamps.effects.map(({ target, what }) => `${what} ${target}`)).toEqual([
      `set 7 ${A}`,
      `set 7 ${B}`,
      `set 0 ${B}`,
      `set 0 ${A}`,
    ])
    expect(credit(report)).toBeUndefined()
  })

  test('no effect of what cannot be undone: spent', async () => {
    const report = await played({ ...inWaves(ringStep), compare: saying('no-effect') })
    expect(report.outcome).toBe('spent')
    expect(rung(report)).toEqual([A])
  })

  test('harm: what was done is undone', async () => {
    const report = await played({ ...inWaves(lampStep), compare: saying('harm') })
    expect(report.outcome).toBe('rolled-back')
    expect(report.lamps.brightness.get(A)).toBe(0)
    expect(report.reason).toBe('it is harm')
  })

  test('harm by what cannot be undone: stuck, a person is paged, and nothing more is applied', async () => {
    const report = await played({ ...inWaves(ringStep), compare: saying('harm') })
    expect(report.outcome).toBe('stuck')
    expect(rung(report)).toEqual([A])
    expect(report.leftOpen).toEqual([`ring on ${A}: applied`])
  })

  test('all have recovered: it is kept, and nobody takes credit', async () => {
    const report = await played({
      ...inWaves(lampStep),
      compare: () => ({ verdict: 'alone', controls: { of: 3, well: 3, signals: [] } }),
    })
    expect(report.outcome).toBe('healed')
    expect(rung(report)).toEqual([A])
    expect(credit(report)).toMatchObject({ credit: 'recovered-alone', controlled: true })
  })

  test('blind for too long: parked, nothing undone, told once before', async () => {
    const report = await played({ ...inWaves(lampStep), compare: saying('blind') })
    expect(report.outcome).toBe('parked')
    expect(report.lamps.brightness.get(A)).toBe(7)
    expect(compared(report)).toEqual(['0 blind', '0 blind'])
  })

  test('a gate that objects between two waves stops it as between two steps', async () => {
    const report = await played({
      ...inWaves(ringStep),
      ask: ({ step }) => ({
        answer: step.target === B ? 'hold' : 'allow',
        answers: [{ gate: 'test', answer: step.target === B ? 'hold' : 'allow', reason: 'not now' }],
      }),
    })
    expect(report.outcome).toBe('parked')
    expect(compared(report)).toEqual(['0 better'])
  })
})

describe('killed at any append', () => {
  const scenarios: readonly (readonly [string, Scenario])[] = [
    ['all waves', inWaves(ringStep)],
    ['harm', { ...inWaves(lampStep), compare: saying('better', 'harm') }],
    ['no effect', { ...inWaves(ringStep), compare: saying('no-effect') }],
    ['alone', { ...inWaves(lampStep), compare: saying('alone') }],
    ['spared', { ...inWaves(ringStep), compare: () => ({ recovered: [C] }) }],
    ['blind', { ...inWaves(lampStep), compare: saying('better', 'blind') }],
  ]
  test.each(scenarios)('the run goes on and comes to the same: %s', async (_name, scenario) => {
    const whole = await played(scenario)
    for (const kill of everyKill(whole.appends)) {
      const report = await play(record, scenario, [kill])
      expectLawful(report)
      expect(report.outcome, JSON.stringify(kill)).toBe(whole.outcome)
      expect(stateOf(report)).toEqual(stateOf(whole))
      // Only what nobody could see is looked at anew by the next life, and said again.
      const once = [...new Set(compared(report))]
      expect(once, JSON.stringify(kill)).toEqual([...new Set(compared(whole))])
    }
  })
})
