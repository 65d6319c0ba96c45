import { ConflictError, messageOf, RecordUnwritableError, RetryableError, TerminalError } from '../domain/errors.ts'
import type { NewEntry } from '../domain/entry.ts'
import type { Write } from '../domain/ledger.ts'
import type { Measure } from '../domain/plan.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Failure, RunEvent } from '../domain/run.ts'
import { objectionsText, type Verdict } from '../domain/verdict.ts'
import { elapsedMs, type Clock } from '../lib/clock.ts'
import type { Json } from '../lib/json.ts'
import { nextRun, type RunState } from './log.ts'

/** A person said `pause --freeze`: the run stops dead where it is. */
export class FrozenError extends Error {
  override readonly name = 'FrozenError'
}

/** The process is going down: nothing more is recorded, the successor takes the run from its log. */
export class HaltedError extends Error {
  override readonly name = 'HaltedError'
}

/** The gates were asked again before a further try of an effect, and did not allow it. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly verdict: Verdict
  constructor(verdict: Verdict) {
    super(objectionsText(verdict))
    this.verdict = verdict
  }
}

export type Tries = {
  /** Absent for what ends by itself. */
  readonly timeoutMs?: number
  /** Tries in all; only a RetryableError or a time-out is tried again. */
  readonly tries: number
  /** Before each further try; what it throws ends the trying. */
  readonly again?: () => Promise<void>
}

export type StepRule = Omit<Tries, 'again'> & {
  /** Present for what changes a target: the verdict that allowed it, recorded with the start of the step. */
  readonly verdict?: Verdict
  /** With the run's first effect: what its signals say now, recorded with the start of the step. */
  readonly measure?: Measure
  /**
   * Asks for another verdict before a further try, since the one before may have taken long; that try is recorded as a
   * start of its own. A no is thrown as RefusedError, and leaves the step cut off.
   */
  readonly ask?: () => Promise<Verdict>
  /**
   * What goes with the start of an effect, in the same commit. Where the record refuses it, since somebody was quicker, it
   * is asked for again.
   */
  readonly charge?: () => readonly Write[]
  /** What goes with its success, in the same commit. */
  readonly settle?: readonly Write[]
  /** For what only looks: written down in one commit with what follows it; until then, a crash has it look again. */
  readonly withNext?: true
}

/** The two verbs of a durable run, and the log they write. */
export type Journal = {
  state(): RunState
  /**
   * Appends one event, with what goes with it in the same commit. Keeps trying while the record cannot be written, but
   * for what announces an effect: its verdict would be old by then, and RecordUnwritableError is thrown.
   */
  append(
    event: RunEvent,
    more?: { readonly entries?: readonly NewEntry[]; readonly writes?: readonly Write[] },
  ): Promise<void>
  /**
   * Runs `fn` at least once and records its outcome once; a step that has an outcome is not run again. Throws
   * TerminalError with the recorded failure.
   */
  step<T extends Json>(name: string, fn: (abort: AbortSignal) => Promise<T>, rule: StepRule): Promise<T>
  /** Waits until `ms` have passed since it was first reached, restarts included. */
  sleep(name: string, ms: number): Promise<void>
}

export type JournalPorts = {
  readonly record: Pick<RecordPort, 'commit'>
  readonly clock: Clock
  readonly freeze: AbortSignal
  readonly halt: AbortSignal
}

const RETRY_FIRST_MS = 500
const UNWRITABLE_RETRY_MS = 1000
const VERDICT_KEEPS_MS = 5000

/** The journal of one run whose log so far folds to `start`. */
export function openJournal(run: string, start: RunState, ports: JournalPorts): Journal {
  const { record, clock } = ports
  const incident = start.plan.incident
  let state = start
  let kept: readonly RunEvent[] = []

  const keep = async (event: RunEvent): Promise<void> => {
    state = nextRun(state, event)
    kept = [...kept, event]
  }

  const append: Journal['append'] = async (event, more = {}) => {
    const next = nextRun(state, event)
    const entries = [...[...kept, event].map((body) => ({ body, incident, run })), ...(more.entries ?? [])]
    // Only the start of a new effect may not use the reserve: what is under way must be able to record its end.
    const closing = !(event.kind === 'step-started' && event.effect)
    const waits = closing && event.kind !== 'undo-started'
    const commit = { entries, writes: more.writes ?? [], closing }
    for (;;) {
      if (ports.halt.aborted) throw new HaltedError('Kintsugi is going down')
      try {
        await record.commit({ ...commit, at: clock.moment() })
        state = next
        kept = []
        return
      } catch (thrown) {
        if (!(thrown instanceof RecordUnwritableError) || !waits) throw thrown
        await clock.sleep(UNWRITABLE_RETRY_MS, ports.halt)
      }
    }
  }

  const step: Journal['step'] = async (name, fn, rule) => {
    const was = state.steps.get(name)
    if (was?.status === 'succeeded') return was.result as Awaited<ReturnType<typeof fn>>
    if (was?.status === 'failed') throw new TerminalError(was.failure.message)
    const { verdict, measure, ask, charge, settle, withNext, ...tries } = rule
    const tell = withNext ? keep : append
    const start = async (verdict: Verdict | undefined): Promise<void> => {
      const writes = verdict && charge?.()
      const event = startOf(name, verdict, state.before ? undefined : measure)
      const refused = await tell(event, writes && { writes }).catch(unlessConflict)
      if (!refused) return
      if (!writes || !again) throw refused
      await again()
    }
    const again = ask && (async () => start(allowing(await ask())))
    stopIfAsked(ports)
    await inTime(() => start(verdict), again, ports)
    let calls = 0
    const counted: typeof fn = (abort) => {
      calls += 1
      return fn(abort)
    }
    try {
      const result = await tryOut(counted, { ...tries, ...(again && { again }) }, ports)
      await tell({ kind: 'step-succeeded', step: name, result }, settle && { writes: settle })
      return result
    } catch (thrown) {
      if (isStop(thrown)) throw thrown
      // A ConflictError of a later call may speak of what an earlier one wrote; only the first proves that nothing landed.
      const untouched = was === undefined && calls === 1 && thrown instanceof ConflictError
      const failure: Failure = { message: messageOf(thrown), ...(untouched && { untouched }) }
      await append({ kind: 'step-failed', step: name, failure })
      throw thrown
    }
  }

  const sleep: Journal['sleep'] = async (name, ms) => {
    const from = await step(name, async () => ({ ...clock.moment() }), { timeoutMs: 1000, tries: 1 })
    const left = ms - elapsedMs(from, clock.moment())
    if (left > 0) await clock.sleep(left, stopOf(ports))
    stopIfAsked(ports)
  }

  return { state: () => state, append, step, sleep }
}

function startOf(step: string, verdict: Verdict | undefined, measure: Measure | undefined): RunEvent {
  const effect = verdict !== undefined
  return { kind: 'step-started', step, effect, ...(verdict && { verdict }), ...(measure && { measure }) }
}

function unlessConflict(thrown: unknown): ConflictError {
  if (thrown instanceof ConflictError) return thrown
  throw thrown
}

/** A verdict is of its moment: as long as the record takes long to take it, it is asked anew, and nothing begins. */
async function inTime(
  start: () => Promise<void>,
  again: (() => Promise<void>) | undefined,
  ports: JournalPorts,
): Promise<void> {
  for (let next = start; ; next = again) {
    const asked = ports.clock.moment()
    await next()
    if (!again || elapsedMs(asked, ports.clock.moment()) <= VERDICT_KEEPS_MS) return
    stopIfAsked(ports)
  }
}

// A signal of several is kept as long as these live, which is for ever: one for each run, not for each time it waits.
const stops = new WeakMap<object, AbortSignal>()

/** Fires when the run is told to stop dead, or the process goes down. */
export function stopOf(ports: Pick<JournalPorts, 'freeze' | 'halt'>): AbortSignal {
  const stop = stops.get(ports) ?? AbortSignal.any([ports.freeze, ports.halt])
  stops.set(ports, stop)
  return stop
}

/** Throws when the run was told to stop dead, or the process is going down. */
export function stopIfAsked({ freeze, halt }: Pick<JournalPorts, 'freeze' | 'halt'>): void {
  if (halt.aborted) throw new HaltedError('Kintsugi is going down')
  if (freeze.aborted) throw new FrozenError('frozen by `pause --freeze`')
}

/** What ends a step without an outcome of its own: it is cut off. */
export function isStop(thrown: unknown): thrown is FrozenError | HaltedError | RefusedError {
  return thrown instanceof FrozenError || thrown instanceof HaltedError || thrown instanceof RefusedError
}

/** The verdict, if it allows; else throws RefusedError. */
export function allowing(verdict: Verdict): Verdict {
  if (verdict.answer !== 'allow') throw new RefusedError(verdict)
  return verdict
}

/** Calls `fn` under the rule's time-out, again after a RetryableError or a time-out while tries are left. */
export async function tryOut<T>(
  fn: (abort: AbortSignal) => Promise<T>,
  rule: Tries,
  ports: Omit<JournalPorts, 'record'>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    // Here and not only before the start was recorded: the freeze may have come while that was written.
    stopIfAsked(ports)
    try {
      return await within(fn, rule.timeoutMs, ports)
    } catch (thrown) {
      if (!(thrown instanceof RetryableError) || attempt >= rule.tries) throw thrown
      const delayMs = Math.max(thrown.retryAfterMs, RETRY_FIRST_MS * 2 ** (attempt - 1))
      await ports.clock.sleep(delayMs, stopOf(ports))
    }
    stopIfAsked(ports)
    await rule.again?.()
  }
}

// Made once: without a reason of its own every call makes an exception, with its stack, that nobody reads.
const OVER = new DOMException('the call is over', 'AbortError')

/** One call, given up at the time-out, a freeze or a halt, whether it listens to its abort signal or not. */
async function within<T>(
  fn: (abort: AbortSignal) => Promise<T>,
  timeoutMs: number | undefined,
  ports: Omit<JournalPorts, 'record'>,
): Promise<T> {
  const over = new AbortController()
  const stop = AbortSignal.any([stopOf(ports), over.signal])
  if (timeoutMs === undefined) return fn(stop)
  const timeout = async (): Promise<never> => {
    await ports.clock.sleep(timeoutMs, stop)
    stopIfAsked(ports)
    throw new RetryableError(`no answer within ${timeoutMs} ms: it may have happened all the same`)
  }
  try {
    return await Promise.race([fn(stop), timeout()])
  } finally {
    over.abort(OVER)
  }
}
