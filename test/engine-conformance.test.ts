import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../src/domain/run.ts'
import { A, B, lampStep, lost, ringOnceStep, ringStep } from './conformance/lamps.ts'
import { verdictOf } from './conformance/plan.ts'
import {
  everyKill,
  expectLawful,
  play,
  stateOf,
  openTestRecord,
  type Kill,
  type Report,
  type Scenario,
} from './engine-conformance.ts'

let record: Awaited<ReturnType<typeof openTestRecord>>
beforeAll(async () => {
  record = await openTestRecord()
})
afterAll(() => record.close())

const paused = verdictOf({ gate: 'kill-switch', answer: 'deny', reason: 'paused by ada: lunch' })
const blind = verdictOf({ gate: 'blindness', answer: 'hold', reason: 'no fresh data of up' })

type Case = Scenario & { readonly outcome: Outcome; readonly state: { readonly a?: number; readonly rings?: number } }

const CASES: Readonly<Record<string, Case>> = {
  'heals by one irreversible step': { steps: [ringStep(A)], outcome: 'healed', state: { rings: 1 } },
  'heals by two steps': { steps: [lampStep(A), lampStep(B)], outcome: 'healed', state: { a: 7 } },
  'helps, and keeps what it did': {
    steps: [lampStep(A)],
    assess: () => ({ result: 'better', enough: false }),
    outcome: 'helped',
    state: { a: 7 },
  },
  'changes nothing, and takes back both steps': {
    steps: [lampStep(A), lampStep(B)],
    assess: () => ({ result: 'unchanged' }),
    outcome: 'rolled-back',
    state: { a: 0 },
  },
  'makes it worse, and takes it back': {
    steps: [lampStep(A)],
    assess: () => ({ result: 'worse' }),
    outcome: 'rolled-back',
    state: { a: 0 },
  },
  'changes nothing, and nothing can be taken back': {
    steps: [ringStep(A)],
    assess: () => ({ result: 'unchanged' }),
    outcome: 'spent',
    state: { rings: 1 },
  },
  'makes it worse, and it cannot be taken back': {
    steps: [ringStep(A)],
    assess: () => ({ result: 'worse' }),
    outcome: 'stuck',
    state: { rings: 1 },
  },
  'makes it worse, and only half of it can be taken back': {
    steps: [ringStep(A), lampStep(B)],
    assess: () => ({ result: 'worse' }),
    outcome: 'stuck',
    state: { rings: 1 },
  },
  'cannot see what came of it': {
    steps: [lampStep(A)],
    assess: () => ({ result: 'blind' }),
    outcome: 'parked',
    state: { a: 7 },
  },
  'cannot take it back while blind': {
    steps: [lampStep(A)],
    assess: () => ({ result: 'worse' }),
    ask: ({ purpose }) => (purpose === 'undo' ? blind : verdictOf({ gate: 'test', answer: 'allow', reason: '' })),
    outcome: 'parked',
    state: { a: 7 },
  },
  'is refused before the first effect': { steps: [ringStep(A)], ask: () => paused, outcome: 'abandoned', state: {} },
  'is paused between two steps that cannot be taken back': {
    steps: [ringStep(A), ringStep(B)],
    ask: ({ step }, { lamps }) =>
      step.target === B && lamps.rings.length > 0 ? paused : verdictOf({ gate: 'test', answer: 'allow', reason: '' }),
    outcome: 'parked',
    state: { rings: 1 },
  },
  'is paused between two steps that can be taken back': {
    steps: [lampStep(A), lampStep(B)],
    ask: ({ step, purpose }) =>
      step.target === B && purpose === 'apply' ? paused : verdictOf({ gate: 'test', answer: 'allow', reason: '' }),
    outcome: 'rolled-back',
    state: { a: 0 },
  },
  'fails in the second step, and takes back both': {
    steps: [lampStep(A), lampStep(B)],
    trouble: () => ({
      verify: async ({ key }) =>
        key.endsWith(B) ? { status: 'fail', reason: 'b does not shine' } : { status: 'pass' },
    }),
    outcome: 'rolled-back',
    state: { a: 0 },
  },
  'cannot take it back': {
    steps: [lampStep(A)],
    assess: () => ({ result: 'unchanged' }),
    trouble: () => ({
      onWrite: ({ what }) => {
        if (what === 'set 0') throw new Error('the lamp is glued')
      },
    }),
    outcome: 'stuck',
    state: { a: 7 },
  },
  'loses the first answer, and asks again': {
    steps: [lampStep(A), ringStep(B)],
    trouble: () => ({ onWritten: lost }),
    outcome: 'healed',
    state: { a: 7, rings: 1 },
  },
}

describe.each(Object.entries(CASES))('a run that %s', (_name, { outcome, state, ...scenario }) => {
  const expectIt = (report: Report, life: string): void => {
    expect({ life, outcome: report.outcome }).toEqual({ life, outcome })
    expect({ life, a: report.lamps.brightness.get(A) }).toEqual({ life, a: state.a ?? 0 })
    expect({ life, rings: report.lamps.rings.length }).toEqual({ life, rings: state.rings ?? 0 })
    expectLawful(report)
  }

  test(`ends ${outcome}`, async () => {
    expectIt(await play(record, scenario), 'whole')
  })

  test('ends in the same way when it is killed at any append', async () => {
    const whole = await play(record, scenario)
    for (const kill of everyKill(whole.appends)) {
      const killed = await play(record, scenario, [kill])
      expectIt(killed, `killed ${kill.when} append ${kill.append}`)
      expect(stateOf(killed)).toEqual(stateOf(whole))
    }
  })
})

test('a run that is killed again and again ends in the same way', async () => {
  const kill: fc.Arbitrary<Kill> = fc.record({
    append: fc.integer({ min: 1, max: 10 }),
    when: fc.constantFrom('before', 'after'),
  })
  const cases = fc.constantFrom(...Object.keys(CASES))
  await fc.assert(
    fc.asyncProperty(cases, fc.array(kill, { maxLength: 4 }), async (name, kills) => {
      const { outcome, state, ...scenario } = CASES[name]!
      const report = await play(record, scenario, kills)
      expect(report.outcome).toBe(outcome)
      expect(report.lamps.brightness.get(A)).toBe(state.a ?? 0)
      expect(report.lamps.rings).toHaveLength(state.rings ?? 0)
      expectLawful(report)
    }),
    { numRuns: 60 },
  )
})

test('a step that cannot be repeated and was cut off ends stuck, with one effect at most', async () => {
  const scenario = { steps: [ringOnceStep(A)] }
  const whole = await play(record, scenario)
  const cutOff: Report[] = []
  for (const kill of everyKill(whole.appends)) {
    const report = await play(record, scenario, [kill])
    cutOff.push(report)
    expectLawful(report)
    expect(['healed', 'stuck']).toContain(report.outcome)
    expect(report.lamps.rings.length).toBeLessThanOrEqual(1)
  }
  // Dead after the start was stored, and dead before the end was: in both nobody knows.
  expect(cutOff.filter(({ outcome }) => outcome === 'stuck').map(({ leftOpen }) => leftOpen)).toEqual([
    [`ring-once on ${A}: may have been applied`],
    [`ring-once on ${A}: may have been applied`],
  ])
})
