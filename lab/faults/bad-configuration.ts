import { writeFileSync } from 'node:fs'
import { configFileIn } from '../shop/layout.ts'
import { SETTINGS, type Settings } from '../shop/settings.ts'
import type { Shop } from '../shop/shop.ts'
import { ails, truthOf, type FaultMaker } from './fault.ts'
import { apiVictim, signalInstance } from './victim.ts'

/** A database that needs 60 ms for a row never answers within this. */
const BAD: Settings = { ...SETTINGS, dbTimeoutMs: 20 }

/** A deploy writes a value into the configuration of one api instance with which it can do nothing, and reloads it. */
export const badConfiguration: FaultMaker = (random) => {
  const { instance, service } = apiVictim(random)
  const deploy = async (shop: Shop, settings: Settings): Promise<void> => {
    writeFileSync(configFileIn(shop.dir, instance), `${JSON.stringify(settings, null, 2)}\n`)
    await signalInstance(shop, instance, 'SIGHUP')
  }
  const present = (shop: Shop): Promise<boolean> =>
    ails(shop, instance, ({ settings }) => settings?.dbTimeoutMs === BAD.dbTimeoutMs)
  return {
    name: 'bad-configuration',
    breaks: 'A deploy gives one api instance a time limit for its database that it can never keep.',
    expected: 'healed',
    truth: truthOf(instance, service, { cause: 'bad-configuration', heals: ['restore-config'], harms: [] }),
    limitMs: 60_000,
    inject: (shop) => deploy(shop, BAD),
    present,
    strikes: () => [],
    undo: async (shop) => {
      if (await present(shop)) await deploy(shop, SETTINGS)
    },
  }
}
