import type { AnyAction } from '../domain/ports.ts'
import { erase } from './erase.ts'
import { changeConfig } from './change-config.ts'
import { cleanDisk } from './clean-disk.ts'
import { drainInstance } from './drain-instance.ts'
import { limitConcurrency } from './limit-concurrency.ts'
import { rateLimit } from './rate-limit.ts'
import { resetBreaker } from './reset-breaker.ts'
import { resetPool } from './reset-pool.ts'
import { restartInstance } from './restart-instance.ts'
import { restoreConfig } from './restore-config.ts'
import { returnInstance } from './return-instance.ts'
import { runCommand } from './run-command.ts'
import { runSafeCommand } from './run-safe-command.ts'
import { scale } from './scale.ts'
import { shiftTraffic } from './shift-traffic.ts'
import { tripBreaker } from './trip-breaker.ts'
import { warmCache } from './warm-cache.ts'

const ALL: readonly AnyAction[] = [
  erase(warmCache, ['caches']),
  erase(resetPool, ['pools']),
  erase(cleanDisk, ['disks']),
  erase(restartInstance, ['instances']),
  erase(limitConcurrency, ['traffic']),
  erase(drainInstance, ['traffic']),
  erase(returnInstance, ['traffic']),
  erase(scale, ['workloads']),
  erase(changeConfig, ['configuration']),
  erase(restoreConfig, ['configuration']),
  erase(shiftTraffic, ['traffic']),
  erase(rateLimit, ['traffic']),
  erase(tripBreaker, ['traffic']),
  erase(resetBreaker, ['traffic']),
  erase(runCommand, ['commands']),
  erase(runSafeCommand, ['commands']),
]

/** Every kind of change there is, by name. */
export const actions: ReadonlyMap<string, AnyAction> = new Map(ALL.map((action) => [action.name, action]))
