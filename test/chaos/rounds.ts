import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../../src/lib/log.ts'
import { shopDirOf } from '../../lab/kintsugi.ts'
import { startLoad } from '../../lab/load/load.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { freeBasePort } from '../../lab/shop/ports.ts'
import { startShop } from '../../lab/shop/shop.ts'
import { roundLine } from './report.ts'
import { keepEvidence, playRound, RestlessShopError, type Played, type Stage } from './round.ts'

export type RoundsArgs = {
  readonly rounds: number
  /** Round n is played with seed `seed + n - 1`, so that any round can be played alone. */
  readonly seed: number
  readonly dir: string
  /** Absent: a free block; each lane takes the next one. */
  readonly basePort?: number
  /** So many rounds at a time, each lane on a shop of its own. @default 1 */
  readonly lanes?: number
}

/** Shims remember their last hundred restarts: a shop is renewed long before. */
const ROUNDS_PER_SHOP = 20
const USERS_PER_SECOND = 100
/** Two lanes that look for ports at once begin to look at different places. */
const LANES_APART = 7919
/** So often a seed is begun on a new shop where the one before did not come to rest. */
const MOST_SHOPS = 5

/**
 * Plays the rounds, each on a fresh record, as many at a time as there are lanes; most of a round is waiting. A round with a
 * violation leaves its folder behind. Answers them in the order of their seeds.
 */
export async function playRounds(args: RoundsArgs, log: Log, progress: (line: string) => void): Promise<Played[]> {
  const waiting = Array.from({ length: args.rounds }, (_, i) => args.seed + i)
  const played: Played[] = []
  const done = (round: Played, dir: string): void => {
    played.push(round)
    progress(`round ${played.length} of ${args.rounds}: ${roundLine(round.result)}`)
    if (isBad(round)) progress(`its record, log and evidence are in ${dir}`)
  }
  const lanes = Array.from({ length: Math.min(args.lanes ?? 1, args.rounds) }, (_, lane) =>
    playLane({ ...args, lane, waiting, done }, log),
  )
  // One that cannot go on lets the others clear away what they have started.
  const ends = await Promise.allSettled(lanes)
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return played.toSorted((a, b) => a.result.seed - b.result.seed)
}

type Lane = RoundsArgs & {
  readonly lane: number
  /** Seeds that nobody has taken yet. */
  readonly waiting: number[]
  done(round: Played, dir: string): void
}

const isBad = ({ result }: Played): boolean => result.violations.length > 0

/** One round after the other on a shop of its own, until no seed waits any more. */
async function playLane(lane: Lane, log: Log): Promise<void> {
  let stage: OpenStage | undefined
  let rounds = 0
  try {
    for (let seed = lane.waiting.shift(); seed !== undefined; seed = lane.waiting.shift()) {
      const dir = join(lane.dir, `seed-${seed}`)
      let round: Played | undefined
      for (let shops = 1; !round; shops++) {
        const open = (stage ??= await openStage(lane, log))
        round = await playRound(open, seed, dir).catch(unlessRestless(shops))
        if (round) break
        stage = undefined
        await open.stop()
      }
      if (isBad(round)) keepEvidence(dir, round)
      else rmSync(dir, { recursive: true })
      lane.done(round, dir)
      // What a violation leaves of the shop is not to be trusted.
      if (!isBad(round) && ++rounds % ROUNDS_PER_SHOP > 0) continue
      await stage?.stop()
      stage = undefined
    }
  } catch (thrown) {
    lane.waiting.length = 0
    throw thrown
  } finally {
    await stage?.stop()
  }
}

/** Nothing for a shop that does not come to rest, as long as another may be tried; throws everything else. */
const unlessRestless =
  (shops: number) =>
  (thrown: unknown): undefined => {
    if (!(thrown instanceof RestlessShopError) || shops >= MOST_SHOPS) throw thrown
  }

type OpenStage = Stage & { stop(): Promise<void> }

async function openStage({ dir, seed, basePort, lane }: Lane, log: Log): Promise<OpenStage> {
  const block =
    basePort === undefined ? await freeBasePort(randomFrom(seed + LANES_APART * lane)) : basePort + 50 * lane
  const shop = await startShop({ dir: shopDirOf({ dir: join(dir, `stage-${lane + 1}`) }), basePort: block, log })
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
