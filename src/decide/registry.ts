import { changeConfig } from './remedies/change-config.ts'
import { cleanDisk } from './remedies/clean-disk.ts'
import { drainInstance } from './remedies/drain-instance.ts'
import { limitConcurrency } from './remedies/limit-concurrency.ts'
import { rateLimit } from './remedies/rate-limit.ts'
import { resetPool } from './remedies/reset-pool.ts'
import { restartInstance } from './remedies/restart-instance.ts'
import { restartService } from './remedies/restart-service.ts'
import { restoreConfig } from './remedies/restore-config.ts'
import { runCommand } from './remedies/run-command.ts'
import { scaleDown } from './remedies/scale-down.ts'
import { scaleUp } from './remedies/scale-up.ts'
import { shiftTraffic } from './remedies/shift-traffic.ts'
import { tripBreaker } from './remedies/trip-breaker.ts'
import { warmCache } from './remedies/warm-cache.ts'
import type { Remedy } from './remedy.ts'

/** Every remedy a ladder may name, besides `page`: light to heavy. */
export const REMEDIES: readonly Remedy[] = [
  warmCache,
  resetPool,
  cleanDisk,
  restoreConfig,
  restartInstance,
  limitConcurrency,
  drainInstance,
  restartService,
  scaleUp,
  scaleDown,
  changeConfig,
  shiftTraffic,
  rateLimit,
  tripBreaker,
  runCommand,
]
