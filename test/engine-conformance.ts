import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Assessment } from '../src/domain/assessment.ts'
import type { Entry } from '../src/domain/entry.ts'
import type { Lock } from '../src/domain/ledger.ts'
import type { Comparison } from '../src/domain/comparison.ts'
import type { Canary, PlanStep, SignalState } from '../src/domain/plan.ts'
import type { Commit, RecordPort } from '../src/domain/ports.ts'
import { isRunEvent, type Outcome, type RunEvent } from '../src/domain/run.ts'
import type { Verdict } from '../src/domain/verdict.ts'
import type { Question } from '../src/saga/context.ts'
import { HaltedError, openJournal, type JournalPorts } from '../src/saga/journal.ts'
import { foldRun, type RunState } from '../src/saga/log.ts'
import { planRecovery, readRunLog } from '../src/saga/recover.ts'
import { runPlan } from '../src/saga/run.ts'
import { startRun } from '../src/saga/start.ts'
import { openRecord } from '../src/store/record.ts'
import { newLamps, type Effect, type Lamps, type Trouble } from './conformance/lamps.ts'
import { ALLOWED, assessmentOf, comparisonOf, OWNER, planOf } from './conformance/plan.ts'
import { fakeClock, type FakeClock } from './fakes/fake-clock.ts'

/** What a scenario may look at and turn. */
export type Stage = {
  readonly lamps: Lamps
  readonly clock: FakeClock
  /** Somebody says `pause --freeze`; it stays so. */
  freeze(): void
}

/** One run in one world. Everything answers from the state of the world, so that a resumed run gets the same answers. */
export type Scenario = {
  readonly steps: readonly PlanStep[]
  readonly trouble?: (stage: () => Stage) => Trouble
  readonly ask?: (question: Question, stage: Stage) => Verdict
  readonly assess?: (stage: Stage) => Partial<Assessment>
  /** Goes in these waves, and what each comes to; absent: all in one. */
  readonly canary?: Canary
  readonly compare?: (wave: number, stage: Stage) => Partial<Comparison>
  /** What the own signals said when the plan was made, and at the effect; absent: there are none. */
  readonly signals?: { readonly planned: readonly SignalState[]; readonly atEffect: readonly SignalState[] }
  /** Before the journal's append reaches the record. */
  readonly onCommit?: (commit: Commit, stage: Stage) => void
}

/** The process dies at one append of the journal: before it is stored, or after it was and before anybody knows. */
export type Kill = { readonly append: number; readonly when: 'before' | 'after' }

/** What the record and the world say after the run, with its deaths and resumptions, has ended. */
export type Report = {
  readonly outcome: Outcome
  readonly reason: string
  readonly leftOpen: readonly string[]
  readonly events: readonly RunEvent[]
  readonly entries: readonly Entry[]
  readonly locks: readonly Lock[]
  readonly lamps: Lamps
  /** Appends of the last life. */
  readonly appends: number
  /** From the start to the end. */
  readonly tookMs: number
}

/** A record of its own; many runs may be played on it, one after the other. Closing it removes it. */
export async function openTestRecord(): Promise<RecordPort> {
  const folder = mkdtempSync(join(tmpdir(), 'kintsugi-conformance-'))
  const { moment } = fakeClock()
  const record = await openRecord({ folder, moment, inProcess: true, reserveBytes: 0, synchronous: 'off' })
  return {
    ...record,
    close: async () => {
      await record.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Plays a scenario on the real journal and the real record; the n-th life dies by the n-th kill. */
export async function play(record: RecordPort, scenario: Scenario, kills: readonly Kill[] = []): Promise<Report> {
  const [run, clock] = [`run-${(runs += 1)}`, fakeClock()]
  let freeze = new AbortController()
  let isFrozen = false
  const stage: Stage = {
    lamps: newLamps(
      (effect) => expectAllowed(record, run, effect),
      scenario.trouble?.(() => stage),
    ),
    clock,
    freeze: () => {
      isFrozen = true
      freeze.abort()
    },
  }
  let appends = 0
  let state: RunState | undefined = await begin(record, run, scenario, clock)
  for (let life = 0; state; life += 1) {
    freeze = new AbortController()
    if (isFrozen) freeze.abort()
    const halt = new AbortController()
    const commit: RecordPort['commit'] = (change) => {
      scenario.onCommit?.(change, stage)
      return record.commit(change)
    }
    const killing = killer({ commit }, kills[life], halt)
    await live(run, state, scenario, stage, { record: killing, clock, freeze: freeze.signal, halt: halt.signal })
    appends = killing.appends()
    state = await openState(record, run)
  }
  return reportOf(record, run, { lamps: stage.lamps, appends, tookMs: clock.trueMs() })
}

let runs = 0

async function begin(record: RecordPort, run: string, scenario: Scenario, clock: FakeClock): Promise<RunState> {
  const { canary } = scenario
  const plan = { ...planOf(scenario.steps, scenario.signals?.planned), ...(canary && { canary }) }
  const ledger = await record.ledger(plan.owner)
  return startRun(record, { run, plan, ledger, version: 'test', at: clock.moment() })
}

/** One process at work on the run, until it ends or the process dies. */
async function live(
  run: string,
  state: RunState,
  scenario: Scenario,
  stage: Stage,
  ports: JournalPorts,
): Promise<void> {
  const ended = runPlan({
    run,
    plan: state.plan,
    journal: openJournal(run, state, ports),
    ...ports,
    action: (name) => stage.lamps.actions.find((one) => one.name === name)!,
    tools: () => ({}),
    ask: async (question) => scenario.ask?.(question, stage) ?? ALLOWED,
    measure: ({ verify }) => ({ ...verify.before, own: scenario.signals?.atEffect ?? verify.before.own }),
    assess: () => assessmentOf(scenario.assess?.(stage) ?? {}),
    compare: (_plan, wave) => comparisonOf(scenario.compare?.(wave, stage) ?? {}),
    pollMs: 100,
  })
  await passTime(stage.clock, ended).catch((thrown: unknown) => {
    if (!(thrown instanceof HaltedError)) throw thrown
  })
}

const LONG_MS = 3_600_000

/** Lets time pass, from one sleeper to the next, until the promise is settled. */
export async function passTime<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  promise.then(over, over)
  await clock.advance(LONG_MS, () => isOver)
  if (!isOver) throw new Error('nobody sleeps, and nothing happens any more')
  return promise
}

/** The run as its successor finds it; undefined once it has ended. */
async function openState(record: RecordPort, run: string): Promise<RunState | undefined> {
  const row = (await record.openRuns()).find((one) => one.run === run)
  if (!row) return undefined
  const [recovery] = planRecovery([{ row, events: await readRunLog(record, run) }], () => true)
  if (recovery?.do !== 'resume') throw new Error(`the log cannot be continued: ${recovery?.reason}`)
  return recovery.state
}

type Killing = Pick<RecordPort, 'commit'> & { appends(): number }

function killer(record: Pick<RecordPort, 'commit'>, kill: Kill | undefined, halt: AbortController): Killing {
  let count = 0
  const die = (): never => {
    halt.abort()
    throw new HaltedError('killed')
  }
  return {
    appends: () => count,
    commit: async (commit: Commit) => {
      count += 1
      if (count === kill?.append && kill.when === 'before') die()
      const seq = await record.commit(commit)
      return count === kill?.append ? die() : seq
    },
  }
}

/** Invariant 2: no effect without a durable start of its step, with the verdict that allowed it. */
async function expectAllowed(record: RecordPort, run: string, { key }: Effect): Promise<void> {
  const events = await readRunLog(record, run)
  const name = key.slice(run.length + 1)
  const started = name.endsWith('/undo')
    ? events.findLast((event) => event.kind === 'undo-started' && `${event.step}/undo` === name)
    : events.findLast((event) => event.kind === 'step-started' && event.step === `${name}/apply`)
  const verdict = started && 'verdict' in started ? started.verdict : undefined
  if (verdict?.answer !== 'allow') unrecorded.push(key)
}

/** Effects that the record did not know of when they happened: there must never be one. */
export const unrecorded: string[] = []

async function reportOf(
  record: RecordPort,
  run: string,
  seen: Pick<Report, 'lamps' | 'appends' | 'tookMs'>,
): Promise<Report> {
  const entries = await record.entries({ run })
  const events = entries.flatMap(({ body }) => (body && isRunEvent(body) ? [body] : []))
  const end = events.at(-1)
  if (end?.kind !== 'run-ended') throw new Error('the log does not end with the end')
  const locks = (await record.ledger(OWNER)).locks.filter((lock) => lock.run === run)
  // The next run on this record may have the lamps.
  await record.commit({
    at: fakeClock().moment(),
    entries: [{ body: { kind: 'released', subject: run, reason: 'next, please', by: 'test' } }],
    writes: [{ do: 'unlock', run }],
  })
  const { outcome, reason, leftOpen } = end
  return { outcome, reason, leftOpen, events, entries, locks, ...seen }
}

/** What must hold after every run, however often it died. */
export function expectLawful({ events, entries, outcome, locks, leftOpen }: Report): void {
  expect(unrecorded).toEqual([])
  expect(events.filter(({ kind }) => kind === 'run-ended')).toHaveLength(1)
  const outcomes = events.flatMap((event) =>
    event.kind === 'step-succeeded' || event.kind === 'step-failed' ? [event.step] : [],
  )
  expect(outcomes).toEqual([...new Set(outcomes)])
  expect(foldRun(events)).toMatchObject({ status: 'ended', outcome })
  const isHeld = outcome === 'parked' || outcome === 'stuck'
  expect(locks.length > 0).toBe(isHeld)
  // Once when it is held, and once before when nobody has seen for a while what it did.
  const isTold = events.some(
    (event, i) =>
      (event.kind === 'assessed' && event.assessment.result === 'blind' && events[i + 1]?.kind !== 'step-succeeded') ||
      (event.kind === 'compared' && event.comparison.verdict === 'blind' && events[i + 1]?.kind !== 'run-ended'),
  )
  expect(entries.filter(({ kind }) => kind === 'paged')).toHaveLength(Number(isHeld) + Number(isTold))
  if (!isHeld) expect(leftOpen).toEqual([])
}

/** The observable state: what the world would show to somebody who knows nothing of Kintsugi. */
export function stateOf({ lamps: { brightness, rings } }: Report): unknown {
  return { brightness: [...brightness], rings: rings.map((key) => key.replace(/^run-\d+/, 'run')).toSorted() }
}

/** Every way to die once in a run that makes so many appends. */
export function everyKill(appends: number): Kill[] {
  return Array.from({ length: appends }, (_, at) => at + 1).flatMap((append): Kill[] => [
    { append, when: 'before' },
    { append, when: 'after' },
  ])
}
