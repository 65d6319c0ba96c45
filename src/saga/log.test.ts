import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALLOWED, assessmentOf, planOf } from '../../test/conformance/plan.ts'
import { lampStep, A, ringStep, B } from '../../test/conformance/lamps.ts'
import type { RunEvent } from '../domain/run.ts'
import { foldRun, IllegalEventError, mayHaveLanded, nextRun } from './log.ts'

const plan = planOf([lampStep(A), ringStep(B)])
const name = lampStep(A).name
const apply = `${name}/apply`
const failure = { message: 'no' }

const start: RunEvent = { kind: 'run-started', plan, version: 'v', epoch: 1 }
const look: RunEvent = { kind: 'step-started', step: 'look', effect: false }
const looked: RunEvent = { kind: 'step-succeeded', step: 'look', result: null }
const lookFailed: RunEvent = { kind: 'step-failed', step: 'look', failure }
const act: RunEvent = { kind: 'step-started', step: apply, effect: true, verdict: ALLOWED }
const acted: RunEvent = { kind: 'step-succeeded', step: apply, result: null }
const actFailed: RunEvent = { kind: 'step-failed', step: apply, failure }
const undo: RunEvent = { kind: 'undo-started', step: name, verdict: ALLOWED }
const undone: RunEvent = { kind: 'undo-finished', step: name }
const undoFailed: RunEvent = { kind: 'undo-failed', step: name, failure }
const assessed: RunEvent = { kind: 'assessed', assessment: assessmentOf({}) }
const refused: RunEvent = { kind: 'refused', step: apply, verdict: ALLOWED }
const end: RunEvent = { kind: 'run-ended', outcome: 'healed', reason: '', leftOpen: [] }

const EVENTS = {
  start,
  look,
  looked,
  lookFailed,
  act,
  acted,
  actFailed,
  undo,
  undone,
  undoFailed,
  assessed,
  refused,
  end,
}
type Name = keyof typeof EVENTS
const ALL = Object.keys(EVENTS) as Name[]

/** What may come right after `start` and then one more event; everything that is not named here is illegal. */
const ANYTIME: readonly Name[] = ['assessed', 'refused', 'end']
const LEGAL: Readonly<Partial<Record<Name, readonly Name[]>>> = {
  look: [...ANYTIME, 'look', 'looked', 'lookFailed', 'act'],
  act: [...ANYTIME, 'act', 'acted', 'actFailed', 'look', 'undo'],
  assessed: [...ANYTIME, 'look', 'act'],
  refused: [...ANYTIME, 'look', 'act'],
  end: [],
}

const fold = (...names: readonly Name[]): ReturnType<typeof foldRun> => foldRun(names.map((one) => EVENTS[one]))
const isLegal = (...names: readonly Name[]): boolean => {
  try {
    fold(...names)
    return true
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(IllegalEventError)
    return false
  }
}

describe('every pair of events is legal or refused', () => {
  test.each(ALL)("nothing but the start comes first, and '%s' is no exception", (first) => {
    expect(isLegal(first)).toBe(first === 'start')
  })

  test.each(ALL.flatMap((first) => ALL.map((second) => [first, second] as const)))(
    'after the start, %s and then %s',
    (first, second) => {
      expect(isLegal('start', first, second)).toBe(LEGAL[first]?.includes(second) ?? false)
    },
  )

  test.each(ALL)('after the undo began, %s', (next) => {
    expect(isLegal('start', 'act', 'undo', next)).toBe(
      [...ANYTIME, 'look', 'acted', 'actFailed', 'undo', 'undone', 'undoFailed'].includes(next),
    )
  })

  test.each(ALL)('after an outcome of the step, %s', (next) => {
    expect(isLegal('start', 'act', 'acted', next)).toBe([...ANYTIME, 'look', 'undo'].includes(next))
    expect(isLegal('start', 'act', 'actFailed', next)).toBe([...ANYTIME, 'look', 'undo'].includes(next))
  })

  test.each(ALL)('after an outcome of the undo, %s', (next) => {
    expect(isLegal('start', 'act', 'acted', 'undo', 'undone', next)).toBe([...ANYTIME, 'look'].includes(next))
    expect(isLegal('start', 'act', 'acted', 'undo', 'undoFailed', next)).toBe([...ANYTIME, 'look'].includes(next))
  })
})

/** Random logs: whatever the fold takes is kept, whatever it refuses is dropped. */
const lawfulLogs = fc.array(fc.constantFrom(...ALL), { maxLength: 30 }).map((names) => {
  const kept: Name[] = ['start']
  for (const next of names) if (isLegal(...kept, next)) kept.push(next)
  return kept
})

test('no step ends twice, and nothing takes effect after an undo began or after the end', () => {
  fc.assert(
    fc.property(lawfulLogs, (names) => {
      const count = (...which: readonly Name[]): number => names.filter((one) => which.includes(one)).length
      expect(count('acted', 'actFailed')).toBeLessThanOrEqual(1)
      expect(count('undone', 'undoFailed')).toBeLessThanOrEqual(1)
      expect(count('end')).toBeLessThanOrEqual(1)
      const undoAt = names.indexOf('undo')
      if (undoAt >= 0) expect(names.slice(undoAt)).not.toContain('act')
      if (names.includes('end')) expect(names.at(-1)).toBe('end')
    }),
  )
})

test('the state is that of the log alone: a fold in pieces is the fold of the whole', () => {
  fc.assert(
    fc.property(lawfulLogs, fc.nat(30), (names, cut) => {
      const events = names.map((one) => EVENTS[one])
      let pieces = foldRun(events.slice(0, cut))
      for (const event of events.slice(cut)) pieces = nextRun(pieces, event)
      expect(pieces).toEqual(foldRun(events))
    }),
  )
})

test('a state that was handed out does not change afterwards', () => {
  const before = fold('start', 'act')
  const copy = structuredClone(before)
  nextRun(before, acted)
  expect(before).toEqual(copy)
})

describe('what may have landed', () => {
  test.each([
    ['a step that was cut off', ['start', 'look', 'act'], [apply]],
    ['a step that succeeded', ['start', 'act', 'acted'], [apply]],
    ['a step that failed: a write without an answer may have been done', ['start', 'act', 'actFailed'], [apply]],
    ['only effects', ['start', 'look', 'looked'], []],
  ] as const)('%s', (_what, names, landed) => {
    expect(mayHaveLanded(fold(...names)!)).toEqual(landed)
  })

  test('not what the target refused at the very first try', () => {
    const refusal: RunEvent = { kind: 'step-failed', step: apply, failure: { message: 'changed', untouched: true } }
    expect(mayHaveLanded(foldRun([start, act, refusal])!)).toEqual([])
  })
})
