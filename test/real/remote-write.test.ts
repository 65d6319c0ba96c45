import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newApp } from '../../src/api/app.ts'
import { signalRoutes } from '../../src/api/signals.ts'
import { startIntake, type Intake } from '../../src/intake/port.ts'
import { createReceived } from '../../src/intake/received.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { silentLog } from '../../src/lib/log.ts'
import { createWindows, type WindowStore } from '../../src/signals/windows.ts'
import { freePort } from '../shims.ts'
import { missingServers, startExporter, startPrometheus, untilSo, type Started } from './servers.ts'

// A real Prometheus scrapes an exporter that counts its scrapes, and writes on to the intake.

const missing = missingServers()
const WEB = 'lab:shop/service/web' as ResourceRef
const DOWN_MS = 10_000

describe.skipIf(missing.length > 0)('a Prometheus that writes', { timeout: 120_000 }, () => {
  let dir: string
  let scrapes: number
  const open: { stop(): Promise<void> }[] = []
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'real-'))
    scrapes = 0
  })
  afterEach(async () => {
    for (const one of open.splice(0).toReversed()) await one.stop()
    rmSync(dir, { recursive: true })
  })
  const begun = <T extends { stop(): Promise<void> }>(one: T): T => {
    open.push(one)
    return one
  }

  /** What a Prometheus writes to, which may go and come again while the windows stay. */
  function receiver(port: number): { readonly windows: WindowStore; readonly intake: Intake; up(): Promise<Started> } {
    const windows = createWindows()
    const received = createReceived(() => ({ target: WEB }), 60_000)
    const intake = startIntake(
      { maxSeries: 10_000, perSource: 10_000 },
      {
        onSamples: (told) => {
          for (const observation of received.observationsOf(told, Date.now())) windows.add(observation)
        },
        onDeath: () => received.forget(),
      },
    )
    intake.name(['app_scrapes', 'up'])
    begun({ stop: () => intake.close() })
    const up = async (): Promise<Started> => {
      const app = newApp({ bodyLimit: 1024, log: silentLog })
      signalRoutes(
        app,
        { admit: intake.admit, take: intake.take, addSpans: () => {}, addEvents: () => {} },
        { now: Date.now, senderOf: () => undefined },
      )
      await app.listen({ port, host: '127.0.0.1' })
      const url = `http://127.0.0.1:${port}/api/v1/write`
      return { url, stop: () => app.close() }
    }
    return { windows, intake, up }
  }

  /** The exporter that counts, and a Prometheus that writes to a port. */
  async function writing(port: number): Promise<Started> {
    const exporter = begun(
      await startExporter(async () => `# TYPE app_scrapes gauge\napp_scrapes{pod="web-1"} ${++scrapes}\n`),
    )
    return begun(
      await startPrometheus(dir, {
        exporter: exporter.url,
        alertmanagers: [],
        remoteWrite: `http://127.0.0.1:${port}/api/v1/write`,
      }),
    )
  }
  const valuesIn = (windows: WindowStore): number[] => {
    const [series] = windows.select(WEB, 'app_scrapes')
    return Array.from({ length: series?.length ?? 0 }, (_, i) => series?.valueAt(i) ?? Number.NaN)
  }

  test('its samples are in the windows, by their names and labels', async () => {
    const port = await freePort()
    const { windows, intake, up } = receiver(port)
    begun(await up())
    await writing(port)
    await untilSo(async () => valuesIn(windows).length >= 3, 'three values have come')
    expect(windows.select(WEB, 'app_scrapes')[0]?.labels).toMatchObject({ pod: 'web-1', namespace: 'shop', job: 'app' })
    expect(windows.select(WEB, 'up')).toHaveLength(1)
    await untilSo(async () => (intake.counts()?.series ?? 0) > 5, 'series that nobody names are kept too')
  })

  test('a receiver that is away for a while loses nothing', async () => {
    const port = await freePort()
    const { windows, up } = receiver(port)
    const first = await up()
    await writing(port)
    await untilSo(async () => valuesIn(windows).length >= 3, 'three values have come')
    await first.stop()
    const before = valuesIn(windows).length
    await sleep(DOWN_MS)
    expect(valuesIn(windows).length - before).toBeLessThanOrEqual(1)
    begun(await up())
    const lastWhileAway = scrapes
    await untilSo(async () => (valuesIn(windows).at(-1) ?? 0) > lastWhileAway, 'it has caught up')
    const values = valuesIn(windows)
    expect(values).toEqual(values.map((_, i) => (values[0] ?? 0) + i))
    expect(values.length).toBeGreaterThan(before + DOWN_MS / 1000 - 2)
  })
})
