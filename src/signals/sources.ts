import { elapsedMs, type Clock } from '../lib/clock.ts'
import { messageOf } from '../domain/errors.ts'
import type { SourceStatus } from '../domain/operator.ts'
import { STALE_INTERVALS, type Observation } from '../domain/signal.ts'

/** One look at one thing. `key` tells looks of a source apart: at most one of each is under way. */
export type Look = {
  readonly key: string
  /** Throws when it could not see; ends within a time of its own, whatever becomes of the other side. */
  readonly look: (now: number, abort: AbortSignal) => Promise<Observation>
}

/** Where observations come from, and how often. */
export type Source = {
  readonly name: string
  readonly intervalMs: number
  /** What to look at in this round: one thing, or every target that is to be probed. */
  round(): readonly Look[]
}

export type SourceTools = {
  readonly clock: Clock
  /** Called with each look's result as soon as it is there: healing waits for nobody. */
  readonly onObservation: (observation: Observation) => void
  /** Called when the problem of a look is a new one, not at every round. */
  readonly onProblem: (source: string, problem: string) => void
  readonly abort: AbortSignal
  /** From 0 to 1, to spread the starts. */
  readonly random: () => number
}

export type RunningSources = {
  readonly status: () => readonly SourceStatus[]
  /** Resolves once `abort` has fired and nothing is under way any more. */
  readonly ended: Promise<void>
}

/** Looks by every source at its own steady pace until `abort` fires. */
export function runSources(sources: readonly Source[], tools: SourceTools): RunningSources {
  const running = sources.map((source) => runSource(source, tools))
  return {
    status: () => running.map(({ status }) => status()),
    ended: Promise.all(running.map(({ ended }) => ended)).then(() => undefined),
  }
}

/** One key of a source, over time. Times are epoch milliseconds. */
type Lane = {
  underWay?: Promise<void>
  /** A round came while one was under way: one more is owed, however many came. */
  owed: boolean
  readonly since: number
  lastAt?: number
  problem?: string
}

function runSource(source: Source, tools: SourceTools): { status: () => SourceStatus; ended: Promise<void> } {
  const lanes = new Map<string, Lane>()
  let roundProblem: string | undefined
  const beginRound = (): void => {
    try {
      const looks = source.round()
      const keys = new Set(looks.map(({ key }) => key))
      for (const [key, lane] of lanes) if (!keys.has(key) && !lane.underWay) lanes.delete(key)
      for (const look of looks) begin(source, look, lanes, tools)
      roundProblem = looks.length === 0 ? 'there is nothing to look at' : undefined
    } catch (thrown) {
      roundProblem = messageOf(thrown)
      tools.onProblem(source.name, roundProblem)
    }
  }
  const ended = steadily(source.intervalMs, tools, beginRound).then(async () => {
    await Promise.all([...lanes.values()].map(async ({ underWay }) => underWay))
  })
  return { status: () => statusOf(source, [...lanes.values()], roundProblem, tools.clock.now()), ended }
}

/** Calls `round` at multiples of the interval since the start, on the clock that no one can set; skips what it missed. */
async function steadily(intervalMs: number, { clock, abort, random }: SourceTools, round: () => void): Promise<void> {
  const start = clock.moment()
  const passedMs = (): number => elapsedMs(start, clock.moment())
  for (let dueMs = random() * intervalMs; ;) {
    for (let leftMs = dueMs - passedMs(); leftMs > 0 && !abort.aborted; leftMs = dueMs - passedMs()) {
      await clock.sleep(Math.ceil(leftMs), abort)
    }
    if (abort.aborted) return
    round()
    const missed = Math.floor((passedMs() - dueMs) / intervalMs)
    dueMs += (missed + 1) * intervalMs
  }
}

function begin(source: Source, look: Look, lanes: Map<string, Lane>, tools: SourceTools): void {
  const lane = lanes.get(look.key) ?? { owed: false, since: tools.clock.now() }
  lanes.set(look.key, lane)
  if (lane.underWay) lane.owed = true
  else lane.underWay = lookUntilPaid(source, look, lane, tools)
}

async function lookUntilPaid(source: Source, look: Look, lane: Lane, tools: SourceTools): Promise<void> {
  do {
    lane.owed = false
    await lookOnce(source, look, lane, tools)
  } while (lane.owed && !tools.abort.aborted)
  delete lane.underWay
}

async function lookOnce(source: Source, { key, look }: Look, lane: Lane, tools: SourceTools): Promise<void> {
  const { clock, abort } = tools
  try {
    const observation = await look(clock.now(), abort)
    if (abort.aborted) return
    lane.lastAt = clock.now()
    delete lane.problem
    tools.onObservation(observation)
  } catch (thrown) {
    if (abort.aborted) return
    const problem = key === '' ? messageOf(thrown) : `${key}: ${messageOf(thrown)}`
    if (lane.problem !== problem) tools.onProblem(source.name, problem)
    lane.problem = problem
  }
}

/** Fresh is a source whose every look came back within three intervals; a look that is new has as long to begin. */
function statusOf(source: Source, lanes: readonly Lane[], roundProblem: string | undefined, now: number): SourceStatus {
  const { name, intervalMs } = source
  const seen = lanes.flatMap(({ lastAt }) => lastAt ?? [])
  const isFresh = ({ lastAt, since }: Lane): boolean => now - (lastAt ?? since) <= STALE_INTERVALS * intervalMs
  const fresh = roundProblem === undefined && seen.length > 0 && lanes.every(isFresh)
  const problem = roundProblem ?? lanes.find((lane) => lane.problem !== undefined)?.problem
  return {
    name,
    fresh,
    ...(seen.length > 0 && { lastAt: Math.max(...seen) }),
    ...(problem !== undefined && { problem }),
  }
}
