import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Config } from '../config/config.ts'
import type { Alert } from '../domain/alert.ts'
import { RetryableError } from '../domain/errors.ts'
import { footingOf } from '../domain/footing.ts'
import type { RecordReader } from '../domain/ports.ts'
import type { Ailment } from '../domain/self.ts'
import type { AlertBook } from '../engine/alerts/book.ts'
import type { Engine } from '../engine/engine.ts'
import type { EnginePorts } from '../engine/ports.ts'
import { lastAilments } from '../engine/self/ailing.ts'
import { heartbeatOf } from '../engine/self/heartbeat.ts'
import { loadAilments, nextLoad, NO_LOAD } from '../engine/self/load.ts'
import { watchdogOf } from '../engine/self/watchdog.ts'
import { repeat, type Targets } from '../engine/tasks/targets.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { ping } from '../notify/ping.ts'
import type { OwnedRecord } from '../store/record.ts'
import { revealed } from './sources.ts'
import { standingOf } from './standing.ts'

const LOOK_EVERY_MS = 1000
const FULL_RETRY_MS = 5000

/** Kintsugi under its own care: what the engine asks of it, how alerts come in, and what goes on beside the loop. */
export type SelfCare = {
  readonly ports: Pick<EnginePorts, 'footing' | 'ailments' | 'heartbeat'>
  readonly intake: Pick<AlertBook, 'receive'>
  /** Looks at itself, and sends the heartbeat, until aborted. */
  run(engine: Engine, abort: AbortSignal): Promise<void>
}

export async function careFor(x: {
  readonly config: Config
  readonly folder: string
  readonly owned: OwnedRecord
  readonly record: RecordReader
  readonly targets: Targets
  readonly alerts: AlertBook
  readonly clock: Clock
  readonly log: Log
}): Promise<SelfCare> {
  const { config, folder, owned, record, targets, alerts, clock, log } = x
  const { limits, heartbeat } = config.self
  const before = await lastAilments(record)
  const watchdog =
    config.self.watchdog &&
    watchdogOf(config.self.watchdog, clock, (what) => before.some((ailment) => ailment.what === what))
  const beat =
    heartbeat &&
    heartbeatOf((abort) => ping({ url: heartbeat.url.reveal(), headers: revealed(heartbeat.headers) }, abort), log)
  const waiting = (): number => owned.waiting() + alerts.waiting()
  let load = NO_LOAD
  const ailments = (): readonly Ailment[] => {
    const missing = watchdog?.ailment()
    return [...(missing ? [missing] : []), ...loadAilments(load)]
  }
  return {
    ports: {
      footing: footingPort(config, folder, targets),
      ailments,
      ...(beat && { heartbeat: beat.status }),
    },
    intake: {
      receive: async (delivery) => {
        const others = watchdog?.take(delivery) ?? delivery
        refuseWhenFull(waiting(), others, limits.queue)
        return alerts.receive(others)
      },
    },
    async run(engine, abort) {
      const lag = monitorEventLoopDelay({ resolution: 20 })
      lag.enable()
      const look = async (): Promise<void> => {
        const loopLagMs = lag.max / 1e6
        lag.reset()
        const now = { memoryBytes: process.memoryUsage.rss(), queue: waiting(), loopLagMs }
        const was = ailments().length
        load = nextLoad(load, now, limits, clock.now())
        if (ailments().length !== was) engine.wake()
      }
      const tasks = [repeat('self', look, { everyMs: LOOK_EVERY_MS, clock, log, abort })]
      if (beat && heartbeat) {
        const send = (signal: AbortSignal): Promise<void> => beat.beat(engine, signal)
        tasks.push(repeat('heartbeat', send, { everyMs: heartbeat.everyMs, clock, log, abort }))
      }
      await Promise.all(tasks)
      lag.disable()
    },
  }
}

/** What waits is bounded: whoever sends more keeps it, and sends it again. The watchdog always comes through. */
function refuseWhenFull(waiting: number, alerts: readonly Alert[], most: number): void {
  if (alerts.length === 0 || waiting < most) return
  throw new RetryableError(
    `cannot take ${alerts.length} alerts: ${waiting} commits and alerts wait to be written down, and ${most} are the most (limits.self.queue); send them again later`,
    { retryAfterMs: FULL_RETRY_MS },
  )
}

/** Worked out anew only when targets were looked for. */
function footingPort(config: Config, folder: string, targets: Targets): NonNullable<EnginePorts['footing']> {
  const standing = standingOf(config, folder)
  let of = targets.topology()
  let footing: ReturnType<typeof footingOf> | undefined
  return () => {
    const topology = targets.topology()
    if (!footing || topology !== of) {
      of = topology
      footing = footingOf(standing, { topology, addresses: targets.addresses(), identities: targets.identities() })
    }
    return footing
  }
}
