import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bytesIn } from '../shop/journal.ts'
import { dataFolderIn, DISK_BYTES } from '../shop/layout.ts'
import type { Shop } from '../shop/shop.ts'
import { truthOf, type FaultMaker } from './fault.ts'
import { apiVictim } from './victim.ts'

const FILES = 8
const FULL_SHARE = 0.9

/** The folder of one api instance is full of what a crashed import left: no order can be journaled there any more. */
export const fullDisk: FaultMaker = (random) => {
  const { instance, service } = apiVictim(random)
  const folder = (shop: Shop): string => dataFolderIn(shop.dir, instance)
  return {
    name: 'full-disk',
    breaks: 'A crashed import fills the disk of one api instance: it takes no more orders.',
    expected: 'healed',
    truth: truthOf(instance, service, { cause: 'disk-full', heals: ['clean-disk'], harms: [] }),
    limitMs: 60_000,
    inject: async (shop) => {
      const debris = Buffer.alloc(DISK_BYTES / FILES)
      for (let n = 0; n < FILES; n++) writeFileSync(join(folder(shop), `import-${n}.tmp`), debris)
    },
    present: async (shop) => bytesIn(folder(shop)) > FULL_SHARE * DISK_BYTES,
    strikes: () => [],
    undo: async (shop) => {
      const debris = readdirSync(folder(shop)).filter((name) => name.startsWith('import-'))
      for (const name of debris) rmSync(join(folder(shop), name), { force: true })
    },
  }
}
