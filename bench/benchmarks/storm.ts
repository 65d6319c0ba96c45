import { join } from 'node:path'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'
import { runLoad } from '../lib/load.ts'
import { startKintsugi } from '../lib/server.ts'
import { openReader } from '../../src/store/reader.ts'

const ALERTS = 100_000
const SPREAD_MS = 10_000
/** As many as a Prometheus puts into one request. */
const BATCH = 64
const CONNECTIONS = 16
const SETTINGS = { alerts: ALERTS, spreadMs: SPREAD_MS, batch: BATCH, connections: CONNECTIONS }

export const storm: Bench = {
  about: '100,000 distinct alerts in 10 s: what is lost (after kill -9), memory, event-loop delay',
  async run(say) {
    say('storm')
    const server = await startKintsugi()
    try {
      await loopDelayMs(server.port)
      const load = { port: server.port, path: '/api/v2/alerts', connections: CONNECTIONS, batch: BATCH }
      const { tookMs, p99Ms, statuses } = await runLoad({ ...load, alerts: ALERTS, series: 's', spreadMs: SPREAD_MS })
      const delayMs = await loopDelayMs(server.port)
      const peakMib = server.peakMib()
      await server.kill()
      const lost = ALERTS - (await storedIn(server.folder))
      const figure = (name: string, value: number, unit: string, method: string): Figure => {
        const rest = { method, settings: { ...SETTINGS, statuses: JSON.stringify(statuses) } }
        return { name: `storm ${name}`, value: rounded(value), unit, higherIsBetter: false, ...rest }
      }
      return [
        figure('lost', lost, 'alerts', 'sent, less those in the record after kill -9 at the last answer'),
        figure('peak memory', peakMib, 'MiB', 'VmHWM of the server process'),
        figure(
          'loop delay p99',
          delayMs,
          'ms',
          "event-loop delay of the server's main thread, by its own metric (its timer of 10 ms included)",
        ),
        figure('answer p99', p99Ms, 'ms', 'from when a request was due to its answer'),
        figure('took', tookMs / 1000, 's', 'from the first request to the last answer'),
      ]
    } finally {
      await server.close()
    }
  },
}

/** The 99th percentile since the last time it was asked. */
async function loopDelayMs(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^kintsugi_event_loop_delay_p99_seconds (\S+)$/m.exec(text)?.[1]) * 1000
}

async function storedIn(folder: string): Promise<number> {
  const reader = openReader(join(folder, 'data'))
  try {
    const kept = await reader.alerts()
    return new Set(kept.flatMap(({ alerts }) => alerts.map(({ fingerprint }) => fingerprint))).size
  } finally {
    reader.close()
  }
}
