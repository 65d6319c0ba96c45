import { join } from 'node:path'
import type { Log } from '../src/lib/log.ts'
import { startControlServer } from './control-server.ts'
import type { FaultMaker } from './faults/fault.ts'
import { faults } from './faults/registry.ts'
import { configFileOf, dataDirOf, shopDirOf, writeConfig } from './kintsugi.ts'
import { startLoad } from './load/load.ts'
import { randomFrom } from '../src/lib/random.ts'
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
  const { requests } = startLoad({ url: shop.gatewayUrl, dir: shop.dir })
  writeConfig(ground)
  const port = basePort + CONTROL_OFFSET
  const control = await startControlServer({
    shop,
    faults: ownFaults(),
    requests,
    random: randomFrom(Date.now()),
    port,
  })
  return {
    gateway: shop.gatewayUrl,
    control: control.url,
    config: configFileOf(ground),
    data: dataDirOf(ground),
    shop: shop.dir,
  }
}

/** Without those that need limits of their own: under the demo's they are others over again. */
function ownFaults(): Readonly<Record<string, FaultMaker>> {
  return Object.fromEntries(Object.entries(faults).filter(([, make]) => make(() => 0).held?.perTarget === undefined))
}
