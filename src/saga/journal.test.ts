import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { A, ringStep } from '../../test/conformance/lamps.ts'
import { ALLOWED, assessmentOf, planOf } from '../../test/conformance/plan.ts'
import { passTime } from '../../test/engine-conformance.ts'
import { fakeClock, type FakeClock } from '../../test/fakes/fake-clock.ts'
import { ConflictError, RecordUnwritableError, RetryableError, TerminalError } from '../domain/errors.ts'
import type { Commit } from '../domain/ports.ts'
import { isRunEvent, type RunEvent } from '../domain/run.ts'
import type { Verdict } from '../domain/verdict.ts'
import { FrozenError, HaltedError, openJournal, RefusedError, type Journal } from './journal.ts'
import { foldRun, IllegalEventError } from './log.ts'

const started: RunEvent = { kind: 'run-started', plan: planOf([ringStep(A)]), version: 'v', epoch: 1 }

type Trial = {
  readonly journal: Journal
  readonly clock: FakeClock
  readonly commits: Commit[]
  readonly events: () => RunEvent[]
  readonly freeze: AbortController
  readonly halt: AbortController
  /** The journal of a successor, from what was stored. */
  resume(): Journal
}

/** A journal over a record that is an array; `refuse` throws where the record would. */
function begin(refuse: (commit: Commit) => void = () => {}): Trial {
  const [clock, freeze, halt] = [fakeClock(), new AbortController(), new AbortController()]
  const commits: Commit[] = []
  const events = (): RunEvent[] =>
    commits.flatMap((commit) => commit.entries.flatMap(({ body }) => (isRunEvent(body) ? [body] : [])))
  const commit = async (change: Commit): Promise<number> => {
    refuse(change)
    return commits.push(change)
  }
  const open = (): Journal =>
    openJournal('run-1', foldRun([started, ...events()])!, {
      record: { commit },
      clock,
      freeze: freeze.signal,
      halt: halt.signal,
    })
  return { journal: open(), clock, commits, events, freeze, halt, resume: open }
}

const rule = { timeoutMs: 1000, tries: 3 }
const kinds = ({ events }: Trial): string[] => events().map(({ kind }) => kind)

describe('step', () => {
  test('answers from the log once it has an outcome, and does not call again', async () => {
    const trial = begin()
    let calls = 0
    const once = async (): Promise<number> => (calls += 1)
    expect(await trial.journal.step('a', once, rule)).toBe(1)
    expect(await trial.journal.step('a', once, rule)).toBe(1)
    expect(await trial.resume().step('a', once, rule)).toBe(1)
    expect(kinds(trial)).toEqual(['step-started', 'step-succeeded'])
  })

  test('throws the recorded failure again, and does not call again', async () => {
    const trial = begin()
    const fails = async (): Promise<null> => {
      throw new TerminalError('no such lamp')
    }
    await expect(trial.journal.step('a', fails, rule)).rejects.toThrow('no such lamp')
    await expect(trial.resume().step('a', async () => null, rule)).rejects.toThrow(new TerminalError('no such lamp'))
    expect(kinds(trial)).toEqual(['step-started', 'step-failed'])
  })

  test('an effect carries its verdict, and may not use the reserve; everything else may', async () => {
    const trial = begin()
    await trial.journal.step('look', async () => null, rule)
    await trial.journal.step('act', async () => null, { ...rule, verdict: ALLOWED })
    expect(trial.commits.map(({ closing }) => closing)).toEqual([true, true, false, true])
    expect(trial.events()[2]).toEqual({ kind: 'step-started', step: 'act', effect: true, verdict: ALLOWED })
  })

  test.each([
    ['the first call: nothing landed', 1, true],
    ['a later call: an earlier one may have landed', 2, undefined],
  ])('a conflict of %s', async (_what, conflictAt, untouched) => {
    const trial = begin()
    let calls = 0
    const fn = async (): Promise<null> => {
      calls += 1
      throw calls === conflictAt ? new ConflictError('changed') : new RetryableError('lost')
    }
    const ended = trial.journal.step('act', fn, { ...rule, verdict: ALLOWED })
    await expect(passTime(trial.clock, ended)).rejects.toThrow('changed')
    expect(trial.events().at(-1)).toMatchObject({ kind: 'step-failed', failure: { message: 'changed' } })
    const last = trial.events().at(-1)
    expect(last?.kind === 'step-failed' && last.failure.untouched).toBe(untouched)
  })

  test('a conflict after a restart proves nothing: the life before may have landed it', async () => {
    const trial = begin()
    await trial.journal.append({ kind: 'step-started', step: 'act', effect: true, verdict: ALLOWED })
    const refuse = async (): Promise<null> => {
      throw new ConflictError('changed')
    }
    await expect(trial.resume().step('act', refuse, { ...rule, verdict: ALLOWED })).rejects.toThrow('changed')
    expect(trial.events().at(-1)).toEqual({ kind: 'step-failed', step: 'act', failure: { message: 'changed' } })
  })

  test.each([
    ['a RetryableError', () => new RetryableError('lost'), 3],
    ['a TerminalError', () => new TerminalError('no'), 1],
    ['a bug', () => new TypeError('undefined is not a lamp'), 1],
  ])('%s is tried so often', async (_what, error, tries) => {
    const trial = begin()
    let calls = 0
    const fn = async (): Promise<null> => {
      calls += 1
      throw error()
    }
    await expect(passTime(trial.clock, trial.journal.step('a', fn, rule))).rejects.toThrow(error())
    expect(calls).toBe(tries)
  })

  test('a further try of an effect is asked for and recorded again; a no leaves the step cut off', async () => {
    const trial = begin()
    let calls = 0
    const lost = async (): Promise<null> => {
      calls += 1
      throw new RetryableError('lost')
    }
    const verdicts: Verdict[] = [ALLOWED, { answer: 'hold', answers: [] }]
    const ask = async (): Promise<Verdict> => verdicts.shift()!
    const acting = passTime(trial.clock, trial.journal.step('act', lost, { ...rule, verdict: ALLOWED, ask }))
    await expect(acting).rejects.toBeInstanceOf(RefusedError)
    expect(calls).toBe(2)
    expect(kinds(trial)).toEqual(['step-started', 'step-started'])
  })

  test('waits between tries at least as long as the target asked for', async () => {
    const trial = begin()
    const fn = async (): Promise<null> => {
      throw new RetryableError('busy', { retryAfterMs: 60_000 })
    }
    await expect(passTime(trial.clock, trial.journal.step('a', fn, rule))).rejects.toThrow('busy')
    expect(trial.clock.trueMs()).toBe(120_000)
  })

  test.each(['freeze', 'halt'] as const)('does not begin after a %s', async (signal) => {
    const trial = begin()
    trial[signal].abort()
    const step = trial.journal.step('a', async () => null, rule)
    await expect(step).rejects.toBeInstanceOf(signal === 'freeze' ? FrozenError : HaltedError)
    expect(trial.commits).toEqual([])
  })

  test.each(['freeze', 'halt'] as const)(
    'is left without an outcome by a %s, whether it listens or not',
    async (signal) => {
      const trial = begin()
      const step = trial.journal.step('a', () => new Promise<null>(() => undefined), rule)
      trial.clock.after(100, () => trial[signal].abort())
      await expect(passTime(trial.clock, step)).rejects.toBeInstanceOf(signal === 'freeze' ? FrozenError : HaltedError)
      expect(kinds(trial)).toEqual(['step-started'])
      expect(trial.clock.trueMs()).toBe(100)
    },
  )

  test('gives what it calls a signal that its time-out fires', async () => {
    const trial = begin()
    const signals: AbortSignal[] = []
    const fn = (abort: AbortSignal): Promise<null> => {
      signals.push(abort)
      return new Promise(() => undefined)
    }
    await expect(passTime(trial.clock, trial.journal.step('a', fn, { timeoutMs: 50, tries: 2 }))).rejects.toThrow(
      '50 ms',
    )
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })
})

describe('append', () => {
  test('an event that cannot be never reaches the record', async () => {
    const trial = begin()
    const end: RunEvent = { kind: 'step-succeeded', step: 'never started', result: null }
    await expect(trial.journal.append(end)).rejects.toBeInstanceOf(IllegalEventError)
    expect(trial.commits).toEqual([])
  })

  test('the state is never ahead of the record', async () => {
    const trial = begin(() => {
      throw new TerminalError('the record is damaged')
    })
    const before = trial.journal.state()
    await expect(trial.journal.append({ kind: 'assessed', assessment: assessmentOf({}) })).rejects.toThrow('damaged')
    expect(trial.journal.state()).toBe(before)
  })

  test('while the record cannot be written, an end is tried until it can', async () => {
    let refusals = 3
    const trial = begin(() => {
      refusals -= 1
      if (refusals >= 0) throw new RecordUnwritableError('the disk is full')
    })
    const end: RunEvent = { kind: 'run-ended', outcome: 'abandoned', reason: '', leftOpen: [] }
    await passTime(trial.clock, trial.journal.append(end))
    expect(kinds(trial)).toEqual(['run-ended'])
    expect(trial.clock.trueMs()).toBe(3000)
  })

  test('while the record cannot be written, no effect starts', async () => {
    const trial = begin(({ closing }) => {
      if (!closing) throw new RecordUnwritableError('the disk is full')
    })
    let calls = 0
    const act = async (): Promise<number> => (calls += 1)
    await expect(trial.journal.step('act', act, { ...rule, verdict: ALLOWED })).rejects.toThrow('the disk is full')
    expect(calls).toBe(0)
  })

  test('waiting for the record ends when the process goes down', async () => {
    const trial = begin(() => {
      throw new RecordUnwritableError('the disk is full')
    })
    trial.clock.after(2500, () => trial.halt.abort())
    const end: RunEvent = { kind: 'run-ended', outcome: 'abandoned', reason: '', leftOpen: [] }
    await expect(passTime(trial.clock, trial.journal.append(end))).rejects.toBeInstanceOf(HaltedError)
    expect(trial.clock.trueMs()).toBe(2500)
  })
})

describe('sleep', () => {
  test('lasts as long as it says from when it was first reached, restarts and clock jumps included', async () => {
    const times = fc.integer({ min: 0, max: 10_000 })
    await fc.assert(
      fc.asyncProperty(times, times, fc.integer({ min: -1e9, max: 1e9 }), async (ms, restartAfterMs, jumpMs) => {
        const trial = begin()
        void trial.journal.sleep('nap', ms).catch(() => undefined)
        await trial.clock.advance(restartAfterMs)
        trial.clock.jumpWall(jumpMs)
        await passTime(trial.clock, trial.resume().sleep('nap', ms))
        expect(trial.clock.trueMs()).toBe(Math.max(ms, restartAfterMs))
      }),
    )
  })

  test('ends at a freeze', async () => {
    const trial = begin()
    trial.clock.after(100, () => trial.freeze.abort())
    await expect(passTime(trial.clock, trial.journal.sleep('nap', 1000))).rejects.toBeInstanceOf(FrozenError)
    expect(trial.clock.trueMs()).toBe(100)
  })
})
