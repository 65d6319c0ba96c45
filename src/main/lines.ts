import type { Config } from '../config/config.ts'
import type { Observation } from '../domain/signal.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { receivedLines, type Aimed, type Received } from '../signals/lines/received.ts'
import { startSyslog, type SyslogServer } from '../signals/lines/syslog.ts'

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
  const onRecord: Parameters<typeof startSyslog>[0]['onRecord'] = (record) => received.take(record, clock.now())
  const server = syslog && (await startSyslog({ ...syslog, clock, onRecord }))
  if (server) log.info({ port: server.port }, 'taking syslog in')
  const complain = complaining(server, log)
  return {
    received,
    tell: () => {
      const observation = received.observation(clock.now())
      if (observation) onObservation(observation)
      complain()
    },
    close: async () => server?.close(),
  }
}

/** Tells of what was refused or dropped since it was last told, once for each doubling: whoever sends it goes on. */
function complaining(server: SyslogServer | undefined, log: Log): () => void {
  let told = 0
  return () => {
    if (!server) return
    const { refused, reasons, dropped } = server.counts()
    if (refused + dropped <= 2 * told) return
    told = refused + dropped
    log.warn({ refused, reasons, dropped }, 'syslog messages are not taken in')
  }
}
