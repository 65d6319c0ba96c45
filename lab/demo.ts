import { join } from 'node:path'
import type { Log } from '../src/lib/log.ts'
import { startControlServer } from './control-server.ts'
import { configFileOf, dataDirOf, shopDirOf, writeConfig } from './kintsugi.ts'
import { startLoad } from './load/load.ts'
import { randomOf } from './random.ts'
import { CONTROL_OFFSET } from './shop/layout.ts'
import { startShop } from './shop/shop.ts'

/** Where the pieces of a running demo are; printed as one line of JSON once all stand. */
export type DemoPlaces = {
  readonly gateway: string
  /** The lab's control server: `POST /faults/crash`. */
  readonly control: string
  /** A configuration for `kintsugi serve -c`, and the data folder it names. */
  readonly config: string
  readonly data: string
  readonly shop: string
}

/** Starts the shop, its users and the lab's control server. Stopping them is the session's work. */
export async function startDemo(dir: string, basePort: number, log: Log): Promise<DemoPlaces> {
  const ground = { dir: join(dir, 'stage'), basePort, mode: 'live' as const }
  const shop = await startShop({ dir: shopDirOf(ground), basePort, log })
  startLoad({ url: shop.gatewayUrl, dir: shop.dir })
  writeConfig(ground)
  const control = await startControlServer(shop, basePort + CONTROL_OFFSET, randomOf(Date.now()))
  return {
    gateway: shop.gatewayUrl,
    control: control.url,
    config: configFileOf(ground),
    data: dataDirOf(ground),
    shop: shop.dir,
  }
}
