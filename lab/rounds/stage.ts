import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../src/lib/log.ts'
import { shopDirOf, startKintsugi, type Ground, type Kintsugi } from '../kintsugi.ts'
import { startLoad, type Load } from '../load/load.ts'
import type { Effect } from '../oracle.ts'
import { LAB_KEY, startShop, type Shop } from '../shop/shop.ts'

/** A fresh shop with its users, and a Kintsugi with a fresh record that sees it: where one round is played. */
export type Stage = {
  readonly ground: Ground
  readonly shop: Shop
  readonly load: Load
  readonly kintsugi: Kintsugi
}

const CALM_REQUESTS = 1000
/** Before anything is done to the shop, it was seen to be well: what trouble is compared with. */
const SEEN_WELL_MS = 15_000
const CALM_WITHIN_MS = 60_000

/**
 * Sets the stage, waits until users are served without fail, then for `seenWellMs`, plays, and clears everything away,
 * whatever happens.
 */
export async function onStage<T>(
  ground: Ground,
  log: Log,
  play: (stage: Stage) => Promise<T>,
  seenWellMs: number = SEEN_WELL_MS,
): Promise<T> {
  const shop = await startShop({ dir: shopDirOf(ground), basePort: ground.basePort, log })
  const open: { stop(): Promise<void> }[] = [shop]
  try {
    const load = startLoad({ url: shop.gatewayUrl, dir: shop.dir })
    open.unshift(load)
    const kintsugi = await startKintsugi(ground)
    open.unshift(kintsugi)
    await untilCalm(load)
    await sleep(seenWellMs)
    return await play({ ground, shop, load, kintsugi })
  } finally {
    for (const one of open) await one.stop()
  }
}

async function untilCalm(load: Load): Promise<void> {
  for (const until = Date.now() + CALM_WITHIN_MS; Date.now() < until; await sleep(100)) {
    const newest = load.requests().slice(-CALM_REQUESTS)
    if (newest.length === CALM_REQUESTS && newest.every(({ ok }) => ok)) return
  }
  throw new Error(
    `the shop never served ${CALM_REQUESTS} users in a row within ${CALM_WITHIN_MS / 1000} s without any fault: is the machine too busy?`,
  )
}

/**
 * What shims, instances and balancer did in somebody else's name than the lab's: Kintsugi's effects, oldest first. An
 * effect on a pool counts as one on the service behind it.
 */
export async function effectsOn(shop: Shop): Promise<Effect[]> {
  const changes = shop.instances.map(async ({ name: instance, service, changes }) =>
    (await changes()).map((change) => {
      const [, pool] = /^pool\/(.+)$/.exec(change.kind) ?? []
      return { ...change, instance, service: pool ?? service }
    }),
  )
  return (await Promise.all(changes))
    .flat()
    .filter(({ key }) => !key.startsWith(LAB_KEY))
    .sort((a, b) => a.at - b.at)
}
