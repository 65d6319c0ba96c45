import type { Config } from '../config/config.ts'
import type { Observation } from '../domain/signal.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { receivedLines, type Aimed, type Received } from '../signals/lines/received.ts'
import { startSyslog } from '../signals/lines/syslog.ts'

/** How often it is told how many lines there were. */
export const TELL_LINES_EVERY_MS = 1000

/** Log lines and events that others send. */
export type Lines = {
  readonly received: Received
  /** How many lines there were until now. */
  tell(): void
  close(): Promise<void>
}

/** Begins to receive lines, by syslog where the configuration says so. Throws TerminalError where it cannot listen. */
export async function startLines(
  { syslog }: Pick<Config, 'syslog'>,
  x: {
    readonly aimed: Aimed
    readonly clock: Clock
    readonly log: Log
    readonly onObservation: (observation: Observation) => void
  },
): Promise<Lines> {
  const { aimed, clock, log, onObservation } = x
  const received = receivedLines({ name: 'received logs', intervalMs: TELL_LINES_EVERY_MS }, aimed)
  const server =
    syslog &&
    (await startSyslog({
      ...syslog,
      clock,
      onRecord: (record) => received.take(record, clock.now()),
      onProblem: (problem) => log.warn({ problem }, 'syslog is not taken in whole'),
    }))
  if (server) log.info({ port: server.port }, 'taking syslog in')
  return {
    received,
    tell: () => {
      const observation = received.observation(clock.now())
      if (observation) onObservation(observation)
    },
    close: async () => server?.close(),
  }
}
