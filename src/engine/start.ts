import type { Operator } from '../domain/operator.ts'
import { note, type Engine } from './engine.ts'
import { openIncidents } from './incidents.ts'
import { runLoop } from './run-loop.ts'
import { configEntry, operatorOf } from './operator.ts'
import type { EnginePorts } from './ports.ts'
import { keepingBases } from './proof/keep.ts'
import { recoverRuns } from './runs.ts'
import { lastAilments } from './self/ailing.ts'
import { keepDay } from './views/day.ts'
import { readStorm } from './storm.ts'
import { freezeInDoubt, watchClock, watchKillSwitch } from './watch.ts'

export type Running = {
  readonly operator: Operator
  readonly engine: Engine
  /** Resolves once it has stopped; rejects with FencedError where another owner has taken the record over. */
  readonly ended: Promise<void>
  /** Starts nothing new, stops runs where they are (the next owner goes on with them), and resolves when all is quiet. */
  stop(): Promise<void>
}

/** Reads back what the record knows, takes up open runs, and lets the loop turn. */
export async function startEngine(ports: EnginePorts): Promise<Running> {
  const day = keepDay(keepingBases(ports.record))
  const incidents = await openIncidents(day.record)
  const [last] = await ports.record.entries({ newestFirst: true, limit: 1 })
  const [accepted] = await ports.record.entries({ newestFirst: true, limit: 1, kinds: ['owner-started', 'resumed'] })
  const { pause } = await ports.record.ledger('kintsugi:none/none/none')
  const waker = makeWaker(ports)
  const engine: Engine = {
    ports,
    incidents,
    day,
    startedAt: ports.clock.now(),
    settings: ports.settings,
    pause,
    ailing: await lastAilments(ports.record),
    freeze: new AbortController(),
    halt: new AbortController(),
    // Of one boot, the clock that a start or a person accepted: newer entries may be of a clock that jumped unnoticed.
    lastMoment: accepted?.at.bootId === ports.clock.moment().bootId ? accepted.at : last?.at,
    runs: new Map(),
    proposing: new Map(),
    problems: new Map(),
    storm: await readStorm(ports.record),
    budgets: { hours: new Map() },
    loop: { turns: 0, turnMs: 0, lagMs: 0 },
    wake: () => waker.wake(),
  }
  // Before any run goes on: a clock that jumped while nobody looked, or a freeze, must stop it first. Before anything is
  // written, too: after a crash the next start compares its clock with the newest entry.
  await watchClock(engine)
  await freezeInDoubt(engine)
  watchKillSwitch(engine)
  const { version, settings, record } = ports
  await note(
    engine,
    [{ kind: 'owner-started', version, epoch: record.epoch, mode: settings.mode }, configEntry(settings)],
    { closing: true },
  )
  await recoverRuns(engine).catch((thrown: unknown) => {
    engine.halt.abort()
    throw thrown
  })
  const ended = runLoop(engine, (ms) => waker.untilWoken(ms, engine)).finally(() => engine.halt.abort())
  // Whoever stops it waits for its end, however that came.
  const loop = ended.catch(() => {})
  return {
    operator: operatorOf(engine),
    engine,
    ended,
    stop: async () => {
      engine.halt.abort()
      engine.wake()
      await loop
      await Promise.all([...engine.runs.values(), ...engine.proposing.values()])
    },
  }
}

// Made once: without a reason of its own every wake-up makes an exception, with its stack, that nobody reads.
const WOKEN = new DOMException('the loop was woken', 'AbortError')

/** Coalesces wake-ups: many while the loop turns are one turn afterwards. */
function makeWaker({ clock }: EnginePorts): { wake(): void; untilWoken(ms: number, engine: Engine): Promise<void> } {
  let woken: AbortController = new AbortController()
  let wokenAt: number | undefined
  return {
    wake() {
      wokenAt ??= clock.now()
      woken.abort(WOKEN)
    },
    async untilWoken(ms, engine) {
      if (!engine.halt.signal.aborted) await clock.sleep(ms, woken.signal)
      engine.loop.lagMs = wokenAt === undefined ? 0 : clock.now() - wokenAt
      wokenAt = undefined
      woken = new AbortController()
    },
  }
}
