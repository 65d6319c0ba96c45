import type { Config } from '../config/config.ts'
import type { SourceStatus } from '../domain/operator.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { LogLine, Observation } from '../domain/signal.ts'
import { repeat } from '../engine/tasks/targets.ts'
import { runSources } from '../signals/sources.ts'
import type { CallGraph } from '../signals/call-graph.ts'
import { createWindows, type WindowStore } from '../signals/windows.ts'
import type { SeenHands } from './hands.ts'
import { TELL_LINES_EVERY_MS } from './lines.ts'
import { startReceiving, type Receiving } from './intake.ts'
import { capacityFor, logsOf, sourcesOf, type Looking } from './sources.ts'

/** Everything by which the world is seen: what is looked at, and what others push. */
export type Seeing = {
  readonly windows: WindowStore
  readonly receiving: Receiving
  status(): readonly SourceStatus[]
  /** The newest error lines and events of a target. */
  errorsOf(target: ResourceRef): readonly LogLine[]
  /** Resolves once nothing is looked at any more. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** Looks at everything, and takes in what is pushed, from now on; tells of whatever is seen. */
export async function startSeeing(
  x: Looking & {
    readonly live: { readonly config: Config }
    readonly abort: AbortSignal
    readonly hands: SeenHands
    readonly calls: CallGraph
    readonly onObservation: (observation: Observation) => void
  },
): Promise<Seeing> {
  const { live, clock, log, abort, targets, hands } = x
  const { config } = live
  const windows = createWindows({ capacity: capacityFor(config) })
  const pushed = (observation: Observation): void => {
    windows.add(observation)
    x.onObservation(observation)
  }
  const receiving = await startReceiving({ ...x, topology: targets.topology, onObservation: pushed })
  const seen = (observation: Observation): void => {
    pushed(observation)
    receiving.observe(observation)
  }
  const logs = logsOf(config, targets)
  const looked = sourcesOf(config, { ...x, onObservation: seen })
  const sources = runSources([...looked, ...logs.sources, ...hands.sources], {
    clock,
    abort,
    random: Math.random,
    onObservation: seen,
    onProblem: (source, problem) => log.warn({ source, problem }, 'cannot see'),
  })
  const tell = async (): Promise<void> => receiving.lines.tell()
  const lines = repeat('lines', tell, { everyMs: TELL_LINES_EVERY_MS, clock, log, abort })
  return {
    windows,
    receiving,
    status: () => [...sources.status(), ...receiving.sources()],
    errorsOf: (target) => [...logs.errorsOf(target), ...receiving.lines.received.errorsOf(target)],
    ended: Promise.all([sources.ended, lines]).then(() => undefined),
    close: () => receiving.close(),
  }
}
