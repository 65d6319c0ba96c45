import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../../src/lib/log.ts'
import { shopDirOf } from '../../lab/kintsugi.ts'
import { startLoad } from '../../lab/load/load.ts'
import { randomOf } from '../../lab/random.ts'
import { freeBasePort } from '../../lab/shop/ports.ts'
import { startShop } from '../../lab/shop/shop.ts'
import { roundLine } from './report.ts'
import { keepEvidence, playRound, type Played, type Stage } from './round.ts'

export type RoundsArgs = {
  readonly rounds: number
  /** Round n is played with seed `seed + n - 1`, so that any round can be played alone. */
  readonly seed: number
  readonly dir: string
  /** Absent: a free block. */
  readonly basePort?: number
}

/** Shims remember their last hundred restarts: a shop is renewed long before. */
const ROUNDS_PER_SHOP = 20
const USERS_PER_SECOND = 100

/** Plays the rounds one after the other, each on a fresh record; a round with a violation leaves its folder behind. */
export async function playRounds(args: RoundsArgs, log: Log, progress: (line: string) => void): Promise<Played[]> {
  const results: Played[] = []
  let stage: (Stage & { stop(): Promise<void> }) | undefined
  try {
    for (let n = 1; n <= args.rounds; n++) {
      stage ??= await openStage(args, log)
      const seed = args.seed + n - 1
      const dir = join(args.dir, `seed-${seed}`)
      const played = await playRound(stage, seed, dir)
      results.push(played)
      const isBad = played.result.violations.length > 0
      if (isBad) keepEvidence(dir, played)
      else rmSync(dir, { recursive: true })
      progress(`round ${n} of ${args.rounds}: ${roundLine(played.result)}`)
      if (isBad) progress(`its record, log and evidence are in ${dir}`)
      // What a violation leaves of the shop is not to be trusted.
      if (!isBad && n % ROUNDS_PER_SHOP > 0) continue
      await stage.stop()
      stage = undefined
    }
  } finally {
    await stage?.stop()
  }
  return results
}

async function openStage({ dir, seed, basePort }: RoundsArgs, log: Log): Promise<Stage & { stop(): Promise<void> }> {
  const block = basePort ?? (await freeBasePort(randomOf(seed)))
  const shop = await startShop({ dir: shopDirOf({ dir: join(dir, 'stage') }), basePort: block, log })
  const load = startLoad({ url: shop.gatewayUrl, dir: shop.dir, perSecond: USERS_PER_SECOND })
  return {
    shop,
    load,
    basePort: block,
    stop: async () => {
      await load.stop()
      await shop.stop()
    },
  }
}
