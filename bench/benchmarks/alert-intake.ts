import { beside, rounded, type Bench, type Figure, type Peer } from '../lib/benchmark.ts'
import { fsyncMs } from '../lib/fsync.ts'
import { type LoadResult, runLoad } from '../lib/load.ts'
import { startAlertmanager, startKintsugi, type Server } from '../lib/server.ts'

const CONNECTIONS = 16
const ALERTS = 100_000
const WARM_UP_ALERTS = 10_000
const BATCHES = [
  [1, 'singles'],
  [10, 'by 10'],
  [100, 'by 100'],
] as const

const METHOD = `POST /api/v2/alerts of distinct alerts (7 labels, some 700 bytes) on ${CONNECTIONS} connections, one request at a time on each, from a process of its own; answered once durable; each on a fresh server and a fresh folder`

export const alertIntake: Bench = {
  about: 'alerts received, deduplicated and durable before the answer: singles, by 10, by 100; Alertmanager beside it',
  async run(say) {
    const figures: Figure[] = []
    for (const [batch, name] of BATCHES) {
      say(`alert-intake ${name}`)
      figures.push(...(await figuresOf(batch, name)))
    }
    return figures
  },
}

async function figuresOf(batch: number, name: string): Promise<Figure[]> {
  const peer = await measured(await startAlertmanager(), batch)
  const ours = await measured(await startKintsugi(), batch)
  if (!ours) throw new Error('Kintsugi did not start')
  const common = { method: METHOD, settings: { connections: CONNECTIONS, alerts: ALERTS, batch } }
  const against = (value: number | undefined): Peer | undefined =>
    value === undefined ? undefined : { peer: 'Alertmanager', value: rounded(value) }
  const latency = (what: 'p50Ms' | 'p99Ms', words: string): Figure =>
    beside(
      {
        name: `alert-intake ${name} ${words}`,
        value: rounded(ours[what]),
        unit: 'ms',
        higherIsBetter: false,
        ...common,
      },
      against(peer?.[what]),
    )
  return [
    beside(
      { name: `alert-intake ${name}`, value: rounded(ours.rate), unit: 'alerts/s', higherIsBetter: true, ...common },
      against(peer?.rate),
    ),
    latency('p50Ms', 'p50'),
    latency('p99Ms', 'p99'),
    {
      name: `alert-intake ${name} fsync p50`,
      value: rounded(ours.fsync),
      unit: 'ms',
      higherIsBetter: false,
      method: 'write and fsync of 4 KiB in the same folder, before the load',
      settings: {},
    },
  ]
}

/** One load on a server that nobody else has used; undefined where there is no server. */
async function measured(
  server: Server | undefined,
  batch: number,
): Promise<(LoadResult & { readonly rate: number; readonly fsync: number }) | undefined> {
  if (!server) return undefined
  try {
    const common = { port: server.port, path: '/api/v2/alerts', connections: CONNECTIONS, batch }
    const fsync = fsyncMs(server.folder).p50
    await runLoad({ ...common, alerts: WARM_UP_ALERTS, series: 'warm' })
    const result = await runLoad({ ...common, alerts: ALERTS, series: 'a' })
    const refused = Object.keys(result.statuses).filter((status) => status !== '200')
    if (refused.length > 0) throw new Error(`${server.name} refused alerts: ${JSON.stringify(result.statuses)}`)
    return { ...result, rate: (ALERTS / result.tookMs) * 1000, fsync }
  } finally {
    await server.close()
  }
}
