import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A, ringStep } from '../../test/conformance/lamps.ts'
import { TIMES } from '../../test/conformance/plan.ts'
import { expectLawful, openTestRecord, play, type Report } from '../../test/engine-conformance.ts'
import type { Assessment } from '../domain/assessment.ts'
import type { SignalState } from '../domain/plan.ts'

let record: Awaited<ReturnType<typeof openTestRecord>>
beforeAll(async () => {
  record = await openTestRecord()
})
afterAll(() => record.close())

const WELL: Partial<Assessment> = { result: 'better' }
const TARGET_WELL: Partial<Assessment> = { result: 'better', enough: false, targetWell: true }
const SOME: Partial<Assessment> = { result: 'better', enough: false, targetWell: false }
const NONE: Partial<Assessment> = { result: 'unchanged' }
const WORSE: Partial<Assessment> = { result: 'worse' }
const BLIND: Partial<Assessment> = { result: 'blind' }

const { healthyForMs, withinMs, blindForMs } = TIMES

/** Settles a run whose signals say, after so many milliseconds of true time, what the function says. */
async function settled(says: (ms: number) => Partial<Assessment>): Promise<Report> {
  const report = await play(record, { steps: [ringStep(A)], assess: ({ clock }) => says(clock.trueMs()) })
  expectLawful(report)
  return report
}

describe('what the run is judged by', () => {
  test('well without a break: healed after exactly that time', async () => {
    const { outcome, tookMs } = await settled(() => WELL)
    expect([outcome, tookMs]).toEqual(['healed', healthyForMs])
  })

  test('a single bad look begins the time anew', async () => {
    const { outcome, tookMs } = await settled((ms) => (ms === 900 ? NONE : WELL))
    expect([outcome, tookMs]).toEqual(['healed', 1000 + healthyForMs])
  })

  test('one good look after a time in which only the target was well is not healed yet', async () => {
    const { outcome, tookMs } = await settled((ms) => (ms < 900 ? TARGET_WELL : WELL))
    expect([outcome, tookMs]).toEqual(['healed', 900 + healthyForMs])
  })

  test('only the target well: helped, without waiting for the end of the time', async () => {
    const { outcome, tookMs } = await settled(() => TARGET_WELL)
    expect([outcome, tookMs]).toEqual(['helped', healthyForMs])
  })

  test('better, not enough: helped when the time is over', async () => {
    const { outcome, tookMs } = await settled(() => SOME)
    expect([outcome, tookMs]).toEqual(['helped', withinMs])
  })

  test('a streak that began before the end of the time may finish', async () => {
    const { outcome, tookMs } = await settled((ms) => (ms < withinMs - 100 ? NONE : WELL))
    expect([outcome, tookMs]).toEqual(['healed', withinMs - 100 + healthyForMs])
  })

  test('worse for a moment is noise, worse without a break is not', async () => {
    const noise = await settled((ms) => (ms < 500 ? WORSE : WELL))
    expect(noise.outcome).toBe('healed')
    const harm = await settled(() => WORSE)
    expect([harm.outcome, harm.tookMs]).toEqual(['stuck', healthyForMs])
  })

  test('a target that flaps for ever is judged all the same, and never as healed', async () => {
    const { outcome, reason, tookMs } = await settled((ms) => ((ms / 100) % 2 < 1 ? WELL : WORSE))
    expect(['helped', 'stuck']).toContain(outcome)
    expect(tookMs).toBeLessThanOrEqual(withinMs + 2 * healthyForMs)
    if (outcome === 'helped') expect(reason).toContain('not well for 1s without a break')
  })
})

describe('blindness', () => {
  test('is told as such when it lasts: parked', async () => {
    const { outcome, reason, tookMs } = await settled(() => BLIND)
    expect([outcome, tookMs]).toEqual(['parked', blindForMs])
    expect(reason).toContain('applied, unverified')
  })

  test('that ends is no harm: the run is judged again, and its time does not count', async () => {
    const { outcome, tookMs } = await settled((ms) => (ms < blindForMs - 100 ? BLIND : WELL))
    expect([outcome, tookMs]).toEqual(['healed', blindForMs - 100 + healthyForMs])
  })

  test('breaks a streak: well before and well after are not well throughout', async () => {
    const { outcome, tookMs } = await settled((ms) => (ms === 900 ? BLIND : WELL))
    expect([outcome, tookMs]).toEqual(['healed', 1000 + healthyForMs])
  })
})

describe('credit', () => {
  const lit = (state: SignalState['state'], signal = 'lamps-lit'): SignalState => ({
    signal,
    target: A,
    state,
    at: 0,
    value: 0,
  })
  const ended = async (planned: SignalState[], atEffect: SignalState[]): Promise<string> => {
    const report = await play(record, { steps: [ringStep(A)], assess: () => WELL, signals: { planned, atEffect } })
    expectLawful(report)
    return report.outcome
  }

  test('is for what was still violated at the effect', async () => {
    expect(await ended([lit('violated')], [lit('violated')])).toBe('healed')
  })

  test('is not for what was well again by then, whatever the remedy still wanted to reach', async () => {
    expect(await ended([lit('violated')], [lit('well')])).toBe('spent')
    expect(await ended([lit('violated')], [lit('well'), lit('violated', 'success of light-lamps')])).toBe('spent')
  })

  test('is no question where nothing was broken, as in maintenance', async () => {
    expect(await ended([lit('well')], [lit('well')])).toBe('healed')
  })
})

test('a wall clock that jumps changes no waiting time', async () => {
  const report = await play(record, {
    steps: [ringStep(A)],
    assess: ({ clock }) => {
      if (clock.trueMs() === 300) clock.jumpWall(86_400_000)
      if (clock.trueMs() === 600) clock.jumpWall(-2 * 86_400_000)
      return WELL
    },
  })
  expect([report.outcome, report.tookMs]).toEqual(['healed', healthyForMs])
})
