import { messageOf } from '../domain/errors.ts'
import { elapsedMs } from '../lib/clock.ts'
import type { Engine } from './engine.ts'
import { turn } from './loop.ts'

/** Unasked, the loop rests so many times as long as its last turn took: looking for nothing leaves most of the time free. */
const REST = 4
const LONGEST_REST_MS = 2000

/**
 * Turns until halted: at once when woken, else after `pollMs` or a longer rest. A turn that fails comes again; as long as
 * it fails for the same reason, that is logged once. Throws FencedError once the record has another owner, which goes on
 * with whatever was begun here.
 */
export async function runLoop(engine: Engine, untilWoken: (ms: number) => Promise<void>): Promise<void> {
  const { clock, log, pollMs } = engine.ports
  let problem: string | undefined
  while (!engine.halt.signal.aborted) {
    const began = clock.moment()
    try {
      await turn(engine)
      problem = undefined
    } catch (thrown) {
      const known = problem
      problem = messageOf(thrown)
      if (problem !== known) log.error({ problem }, 'turn failed')
    }
    const fenced = engine.incidents.fenced()
    if (fenced) throw fenced
    engine.loop.turns += 1
    engine.loop.turnMs = elapsedMs(began, clock.moment())
    await untilWoken(Math.max(pollMs, Math.min(REST * engine.loop.turnMs, LONGEST_REST_MS)))
  }
}
