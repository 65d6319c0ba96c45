import { messageOf } from '../domain/errors.ts'
import type { Engine } from './engine.ts'
import { turn } from './loop.ts'

/**
 * Turns until halted: at once when woken, else after `pollMs`. A turn that fails comes again; as long as it fails for
 * the same reason, that is logged once.
 */
export async function runLoop(engine: Engine, untilWoken: (ms: number) => Promise<void>): Promise<void> {
  const { clock, log, pollMs } = engine.ports
  let problem: string | undefined
  while (!engine.halt.signal.aborted) {
    const began = clock.now()
    try {
      await turn(engine)
      problem = undefined
    } catch (thrown) {
      const known = problem
      problem = messageOf(thrown)
      if (problem !== known) log.error({ problem }, 'turn failed')
    }
    engine.loop.turns += 1
    engine.loop.turnMs = clock.now() - began
    await untilWoken(pollMs)
  }
}
