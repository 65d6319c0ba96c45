import type { RecordPort } from '../../domain/ports.ts'

/** A record that takes everything and keeps nothing: nobody has ever acted, and nothing stands in the way. */
export function recordOfNothing(): RecordPort {
  let seq = 0
  const none = async (): Promise<readonly never[]> => []
  return {
    epoch: 1,
    commit: async ({ entries }) => {
      const first = seq + 1
      seq += entries.length
      return first
    },
    close: async () => {},
    ledger: async () => ({
      locks: [],
      attempts: [],
      lastAttempt: 0,
      holds: [],
      latches: [],
      disturbances: [],
      lastDisturbance: 0,
    }),
    entries: none,
    attempts: none,
    openRuns: none,
    runs: none,
    openIncidents: none,
    incidents: none,
    proposals: none,
    alerts: none,
  }
}
