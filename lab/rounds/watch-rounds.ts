import type { Log } from '../../src/lib/log.ts'
import { randomFrom } from '../../src/lib/random.ts'
import type { Watching } from '../args.ts'
import { faults } from '../faults/registry.ts'
import { daysLines, watchLine, type WatchedDays, type WatchedFault, type WatchReport } from '../watch-report.ts'
import { groundsOf, missing, type Progress, type RoundsArgs } from './rounds.ts'
import { onStage } from './stage.ts'
import { watchDays, watchFault } from './watch-round.ts'

/** Plays every round without a rule: each fault, and healthy days, on a fresh shop and before a fresh Kintsugi. */
export async function playWatchRounds(
  args: RoundsArgs,
  { warmUpMs, lastsMs, days }: Watching,
  log: Log,
  progress: Progress,
): Promise<WatchReport> {
  const random = randomFrom(args.seed)
  const nextGround = groundsOf(args, random)
  const [watchedFaults, watchedDays]: [WatchedFault[], WatchedDays[]] = [[], []]
  for (const name of Array.from({ length: args.rounds }, () => args.faults).flat()) {
    const fault = (faults[name] ?? missing(name))(random)
    const ground = await nextGround()
    const result = await onStage(ground, log, (stage) => watchFault(stage, fault, lastsMs), warmUpMs)
    watchedFaults.push(result)
    progress(watchLine(result))
  }
  if (args.controls.includes('daily-rhythm')) {
    const result = await onStage(await nextGround(), log, (stage) => watchDays(stage, days, warmUpMs))
    watchedDays.push(result)
    daysLines(result).forEach(progress)
  }
  return { seed: args.seed, warmUpMs, lastsMs, faults: watchedFaults, days: watchedDays }
}
