import { UsageError } from '../../src/domain/errors.ts'
import { badConfiguration } from './bad-configuration.ts'
import { cpuBurn } from './cpu-burn.ts'
import { crash } from './crash.ts'
import { crashLoop } from './crash-loop.ts'
import { exhaustedPool } from './exhausted-pool.ts'
import type { FaultMaker } from './fault.ts'
import { flushedCache } from './flushed-cache.ts'
import { freeze } from './freeze.ts'
import { fullDisk } from './full-disk.ts'
import { memoryLeak } from './memory-leak.ts'
import { recurringCrash } from './recurring-crash.ts'
import { slowDependency } from './slow-dependency.ts'
import { trafficSpike } from './traffic-spike.ts'

/** Every fault the lab knows, by the name of its file. */
export const faults: Readonly<Record<string, FaultMaker>> = {
  crash,
  'crash-loop': crashLoop,
  freeze,
  'recurring-crash': recurringCrash,
  'memory-leak': memoryLeak,
  'cpu-burn': cpuBurn,
  'slow-dependency': slowDependency,
  'exhausted-pool': exhaustedPool,
  'flushed-cache': flushedCache,
  'traffic-spike': trafficSpike,
  'bad-configuration': badConfiguration,
  'full-disk': fullDisk,
}

/** Reads `all`, `none` or `NAME[,NAME]`; throws {@link UsageError} on a name that is none. */
export function faultNames(text: string): string[] {
  if (text === 'all') return Object.keys(faults)
  if (text === 'none') return []
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !(name in faults))
  if (unknown.length === 0) return names
  throw new UsageError(
    `the lab has no fault '${unknown.join("', '")}': it has ${Object.keys(faults).join(', ')}, or all`,
  )
}
