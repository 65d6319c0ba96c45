import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A, B, lampStep, lost, ringStep } from '../../test/conformance/lamps.ts'
import { TIMES, verdictOf } from '../../test/conformance/plan.ts'
import { expectLawful, openTestRecord, play, type Report, type Scenario } from '../../test/engine-conformance.ts'
import { ConflictError } from '../domain/errors.ts'
import type { GateAnswer } from '../domain/verdict.ts'

let record: Awaited<ReturnType<typeof openTestRecord>>
beforeAll(async () => {
  record = await openTestRecord()
})
afterAll(() => record.close())

const allow = verdictOf({ gate: 'test', answer: 'allow', reason: '' })
const hold = (gate: string): ReturnType<typeof verdictOf> => verdictOf({ gate, answer: 'hold', reason: 'not now' })
const played = async (scenario: Scenario): Promise<Report> => {
  const report = await play(record, scenario)
  expectLawful(report)
  return report
}
const kinds = ({ events }: Report): string[] =>
  events.map((event) => ('step' in event ? `${event.kind} ${event.step}` : event.kind))

describe('the order of things', () => {
  test('an undo goes in reverse order', async () => {
    const report = await played({ steps: [lampStep(A), lampStep(B)], assess: () => ({ result: 'unchanged' }) })
    expect(report.lamps.effects.map(({ target, what }) => `${what} ${target}`)).toEqual([
      `set 7 ${A}`,
      `set 7 ${B}`,
      `set 0 ${B}`,
      `set 0 ${A}`,
    ])
  })

  test('every effect follows its recorded start and precedes its recorded end', async () => {
    const step = ringStep(A).name
    expect(kinds(await played({ steps: [ringStep(A)] }))).toEqual([
      'run-started',
      `step-started ${step}/capture`,
      `step-succeeded ${step}/capture`,
      `step-started ${step}/apply`,
      `step-succeeded ${step}/apply`,
      `step-started ${step}/verify`,
      `step-succeeded ${step}/verify`,
      'step-started settle/since',
      'step-succeeded settle/since',
      'step-started settle/result',
      'assessed',
      'step-succeeded settle/result',
      'run-ended',
    ])
  })
})

describe('a target that refuses', () => {
  const refusing = (step: 'first' | 'second'): Scenario => ({
    steps: step === 'first' ? [lampStep(A)] : [lampStep(A), lampStep(B)],
    trouble: (stage) => ({
      onWrite: ({ target }) => {
        if (target !== (step === 'first' ? A : B)) return
        stage().lamps.brightness.set(target, 3)
        throw new ConflictError('somebody else was here')
      },
    }),
  })

  test('at the very first try was not touched: there is nothing to undo, and the run is abandoned', async () => {
    const { outcome, lamps } = await played(refusing('first'))
    expect(outcome).toBe('abandoned')
    expect(lamps.brightness.get(A)).toBe(3)
  })

  test('in the second step leaves that step out of the undo', async () => {
    const { outcome, lamps } = await played(refusing('second'))
    expect(outcome).toBe('rolled-back')
    expect([...lamps.brightness.values()]).toEqual([0, 3])
  })
})

describe('time-outs and retries', () => {
  test('a lost answer is asked for three times, and then says what was said last', async () => {
    let tries = 0
    const { outcome, reason } = await played({
      steps: [ringStep(A)],
      assess: () => ({ result: 'unchanged' }),
      trouble: () => ({
        onWrite: () => {
          tries += 1
          lost()
        },
      }),
    })
    expect(tries).toBe(3)
    expect(outcome).toBe('spent')
    expect(reason).toBe(`${ringStep(A).name}: the answer got lost; it is unchanged`)
  })

  test('a step that never answers is given up at its time-out, each of the three times', async () => {
    const { events, tookMs } = await played({
      steps: [ringStep(A)],
      assess: () => ({ result: 'unchanged' }),
      trouble: () => ({ stepTimeoutMs: 2000, onWrite: () => new Promise(() => undefined) }),
    })
    const failed = events.find((event) => event.kind === 'step-failed')
    expect(failed?.failure.message).toBe('no answer within 2000 ms: it may have happened all the same')
    expect(tookMs).toBeGreaterThanOrEqual(3 * 2000)
    expect(tookMs).toBeLessThan(3 * 2000 + 5000 + TIMES.withinMs)
  })

  test('a check that stays pending fails when its time is over, and says what it was waiting for', async () => {
    const { outcome, reason } = await played({
      steps: [lampStep(A)],
      trouble: () => ({ verify: async () => ({ status: 'pending', reason: '1 of 2 shine' }) }),
    })
    expect(outcome).toBe('rolled-back')
    expect(reason).toBe(`${lampStep(A).name}: did not take effect in time: 1 of 2 shine`)
  })

  test('a check that throws is unknown: it is asked again, and can pass', async () => {
    let looks = 0
    const { outcome } = await played({
      steps: [lampStep(A)],
      trouble: () => ({
        verify: async () => {
          looks += 1
          return looks < 3 ? lost() : { status: 'pass' }
        },
      }),
    })
    expect(outcome).toBe('healed')
  })
})

describe('the kill switch', () => {
  test('a freeze in the middle of a step parks the run at once, and lists what is left open', async () => {
    const { outcome, reason, leftOpen, tookMs } = await played({
      steps: [lampStep(A), lampStep(B)],
      trouble: (stage) => ({ onWritten: () => stage().freeze() }),
    })
    expect(outcome).toBe('parked')
    expect(reason).toBe('frozen by `pause --freeze`')
    expect(leftOpen).toEqual([`set-lamp on ${A}: may have been applied`])
    expect(tookMs).toBe(0)
  })

  test('a freeze that comes while the start of a step is written lets nothing take effect', async () => {
    const { outcome, lamps } = await played({
      steps: [lampStep(A)],
      onCommit: ({ entries }, stage) => {
        if (entries.some(({ body }) => body.kind === 'step-started' && body.effect)) stage.freeze()
      },
    })
    expect(outcome).toBe('parked')
    expect(lamps.effects).toEqual([])
  })

  test('a freeze before an undo leaves everything as it is', async () => {
    const { outcome, lamps, leftOpen } = await played({
      steps: [lampStep(A)],
      assess: () => ({ result: 'unchanged' }),
      ask: ({ purpose }, stage) => {
        if (purpose === 'undo') stage.freeze()
        return allow
      },
    })
    expect(outcome).toBe('parked')
    expect(lamps.brightness.get(A)).toBe(7)
    expect(leftOpen).toEqual([`set-lamp on ${A}: applied`])
  })

  test('a freeze ends the wait for a healthy target', async () => {
    const { outcome, tookMs } = await played({
      steps: [lampStep(A)],
      assess: ({ freeze, clock }) => {
        if (clock.trueMs() >= 500) freeze()
        return { result: 'unchanged' }
      },
    })
    expect(outcome).toBe('parked')
    expect(tookMs).toBe(500)
  })

  test('a freeze after half of the undo lists only the other half', async () => {
    const { leftOpen } = await played({
      steps: [lampStep(A), lampStep(B)],
      assess: () => ({ result: 'unchanged' }),
      ask: ({ purpose, step }, stage) => {
        if (purpose === 'undo' && step.target === A) stage.freeze()
        return allow
      },
    })
    expect(leftOpen).toEqual([`set-lamp on ${A}: applied`])
  })
})

describe('holds that pass by themselves', () => {
  /** The second step is held by the gate for so long, counted from the first time it is asked about. */
  const heldFor = (gate: GateAnswer['gate'], ms: number): Scenario => {
    let firstMs: number | undefined
    return {
      steps: [ringStep(A), ringStep(B)],
      ask: ({ step }, { clock }) => {
        if (step.target !== B) return allow
        firstMs ??= clock.trueMs()
        return clock.trueMs() - firstMs < ms ? hold(gate) : allow
      },
    }
  }

  test.each(['blindness', 'min-healthy'])('%s is waited out between two steps', async (gate) => {
    const { outcome, lamps } = await played(heldFor(gate, TIMES.blindForMs - 100))
    expect(outcome).toBe('healed')
    expect(lamps.rings).toHaveLength(2)
  })

  test.each(['blindness', 'min-healthy'])('%s is not waited out for ever: the run is parked', async (gate) => {
    const { outcome, lamps, tookMs } = await played(heldFor(gate, Infinity))
    expect(outcome).toBe('parked')
    expect(lamps.rings).toHaveLength(1)
    expect(tookMs).toBe(TIMES.blindForMs)
  })

  test('any other hold stops the run at once', async () => {
    const { outcome, tookMs } = await played(heldFor('target-hold', 100))
    expect(outcome).toBe('parked')
    expect(tookMs).toBe(0)
  })

  test('blindness before the first effect is waited out for as long as the policy says, and then nothing was done', async () => {
    const { outcome, tookMs } = await played({ steps: [ringStep(A)], ask: () => hold('blindness') })
    expect(outcome).toBe('abandoned')
    expect(tookMs).toBe(2000)
  })
})

test('a bug in what the run is given ends it stuck, with the lock held and a person paged', async () => {
  const { outcome, reason } = await played({
    steps: [lampStep(A)],
    assess: () => {
      throw new TypeError('no such thing')
    },
  })
  expect(outcome).toBe('stuck')
  expect(reason).toContain('no such thing')
})
