import { messageOf } from '../../domain/errors.ts'
import type { HeartbeatStatus } from '../../domain/self.ts'
import type { Log } from '../../lib/log.ts'
import { recordProblem, type Engine } from '../engine.ts'

/** Why the next beat would not be sent now; undefined when it would. `turns` is the count at the last look. */
export async function silentBecause(engine: Engine, turns: number): Promise<string | undefined> {
  if (engine.loop.turns === turns) return 'the loop does not turn'
  const problem = await recordProblem(engine)
  if (problem !== undefined) return `the record cannot be written: ${problem}`
  return engine.ports.ailments?.()[0]?.what
}

export type Heartbeat = {
  /** Sends one beat, unless something is wrong. Whoever waits for it notices that it does not come. */
  beat(engine: Engine, abort: AbortSignal): Promise<void>
  status(): HeartbeatStatus
}

/** @param send resolves once the beat was taken */
export function heartbeatOf(send: (abort: AbortSignal) => Promise<void>, log: Log): Heartbeat {
  let turns = 0
  let status: HeartbeatStatus = {}
  return {
    status: () => status,
    async beat(engine, abort) {
      const silent = await silentBecause(engine, turns)
      turns = engine.loop.turns
      const problem = silent ?? (await send(abort).then(() => undefined, messageOf))
      if (problem !== undefined && problem !== status.problem) log.warn({ problem }, 'no heartbeat')
      if (problem === undefined && status.problem !== undefined) log.info({}, 'the heartbeat goes on')
      const { lastAt } = status
      status =
        problem === undefined
          ? { lastAt: engine.ports.clock.now() }
          : { ...(lastAt !== undefined && { lastAt }), problem }
    },
  }
}
