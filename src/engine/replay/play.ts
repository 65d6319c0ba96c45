import type { Intake } from '../../domain/intake.ts'
import type { RecordPort } from '../../domain/ports.ts'
import { turn } from '../loop.ts'
import { simulatedEngine, type Simulated, type Subject } from '../simulated.ts'
import { seenOf, type Seen } from './seen.ts'
import { tellStories, type Stories, type Story } from './story.ts'

/** What is replayed, and how. Times are epoch milliseconds. */
export type ReplayOrder = {
  readonly subject: Subject
  /** An empty record: it takes what would have been written, and spends attempts as shadow does. */
  readonly record: RecordPort
  readonly fromMs: number
  /** Infinity: where the intake ends. */
  readonly toMs: number
  /** The loop turns at most this often, and at least this often while there is nothing new. */
  readonly stepMs: number
  /** Called now and then with the moment that has been reached. */
  readonly onProgress?: (now: number) => void
}

/** What a replay came to. The same intake gives the same, to the byte. */
export type Replayed = {
  readonly turns: number
  /** Epoch milliseconds. */
  readonly endMs: number
  readonly seen: Seen
  readonly stories: readonly Story[]
  /** Pages about no incident. */
  readonly otherPages: number
}

const PROGRESS_EVERY_TURNS = 256
/** Where nothing new comes for long, the loop looks less and less often, but so often at least. */
const LONGEST_REST_MS = 60_000
const REST_SHARE = 8

/**
 * Lets the time of a recording pass, and the real loop turn in it. Each turn is that of an owner in shadow: what only
 * shadow keeps from running spends an attempt on the shadow ledger, so that cooldowns, limits and budgets bite as they
 * would have. Nothing heals by that: what would have been acted upon goes on as it did. What came in before `fromMs` is
 * seen, and not acted upon.
 */
export async function replay(intake: AsyncIterable<Intake>, order: ReplayOrder): Promise<Replayed> {
  const { fromMs, toMs, subject, onProgress } = order
  const stories = tellStories()
  const shadow: Subject = { ...subject, settings: { ...subject.settings, mode: 'shadow' } }
  const world = await simulatedEngine(shadow, telling(order.record, stories), fromMs)
  const seen = seenOf(world)
  const turns = turnsOf(world, order)
  let now = Number.NEGATIVE_INFINITY
  for await (const one of intake) {
    if (one.at > toMs) break
    // A clock that was set back while this was recorded is no reason to live an hour twice.
    now = Math.max(now, one.at)
    await turns.until(now)
    world.setTime(now)
    await take(one, world, stories)
    seen.note(one)
    turns.news(now)
    if (turns.count() % PROGRESS_EVERY_TURNS === 0) onProgress?.(now)
  }
  const endMs = toMs === Number.POSITIVE_INFINITY ? Math.max(now, fromMs) : toMs
  await turns.until(endMs + 1)
  onProgress?.(endMs)
  return {
    turns: turns.count(),
    endMs,
    seen: seen.told(endMs),
    stories: stories.all(),
    otherPages: stories.pages(),
  }
}

async function take(one: Intake, { windows, alerts, setTargets }: Simulated, stories: Stories): Promise<void> {
  if (one.kind === 'observed') windows.add(one.observation)
  else if (one.kind === 'alerts') await alerts.receive(one.alerts)
  else if (one.kind === 'targets') setTargets(one.nodes)
  else if (one.kind === 'acted') {
    const { at, run, remedy, target } = one
    stories.acted(one.owner, { at, run, remedy, target })
  }
}

/** When the loop turns: after news, at most every step; without news less and less often, since only time can tell then. */
function turnsOf(
  { engine, setTime }: Simulated,
  { fromMs, stepMs }: ReplayOrder,
): { until(at: number): Promise<void>; news(at: number): void; count(): number } {
  let lastMs = Number.NEGATIVE_INFINITY
  let newsMs = fromMs
  let dueMs = fromMs
  return {
    count: () => engine.loop.turns,
    news: (at) => {
      newsMs = at
      dueMs = Math.min(dueMs, Math.max(at, lastMs + stepMs, fromMs))
    },
    until: async (at) => {
      while (dueMs < at) {
        setTime(dueMs)
        await turn(engine)
        engine.loop.turns += 1
        lastMs = dueMs
        dueMs += Math.max(stepMs, Math.min((dueMs - newsMs) / REST_SHARE, LONGEST_REST_MS))
      }
    },
  }
}

/** The record, telling the stories of what is written to it. */
function telling(record: RecordPort, stories: Stories): RecordPort {
  return {
    ...record,
    commit: async (commit) => {
      const seq = await record.commit(commit)
      for (const entry of commit.entries) stories.note(entry, commit.at.wallMs)
      return seq
    },
  }
}
