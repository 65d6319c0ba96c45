import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry } from '../../src/domain/entry.ts'
import { silentLog } from '../../src/lib/log.ts'
import { openReader } from '../../src/store/reader.ts'
import { configFileOf, dataDirOf } from '../../lab/kintsugi.ts'
import { startLoad } from '../../lab/load/load.ts'
import { freeBasePort } from '../../lab/shop/ports.ts'
import { startShop, type Shop } from '../../lab/shop/shop.ts'
import { logOf, MAIN, prepare, serve, type Kintsugi, type Place } from './kintsugi.ts'

/** A disk of 64 MiB at the folder; false where this user may not mount one. */
function mountDisk(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** False where this user may mount none; what cannot be shown then is said. */
export const canMount: boolean = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'kintsugi-mount-'))
  const can = mountDisk(folder)
  if (can) execFileSync('umount', ['-l', folder])
  else console.warn('SKIPPED: a disk of its own under a Kintsugi needs root, to mount a tmpfs of 64 MiB')
  rmSync(folder, { recursive: true })
  return can
})()

/** Asks until it is so; throws after half a minute. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(5)) {
    if (Date.now() > end) throw new Error(`after half a minute still not: ${what}`)
  }
}

/** A shop, its users, and a Kintsugi whose record is on a small disk of its own. */
export type Opened = {
  readonly place: Place
  readonly disk: string
  readonly shop: Shop
  readonly kintsugi: Kintsugi
  readonly reader: ReturnType<typeof openReader>
  entries(): Promise<readonly Entry[]>
  /** One command of the command line, as a person gives it. */
  cli(...args: string[]): Promise<{ readonly code: number; readonly text: string }>
  /** What it has logged so far. */
  log(): string
}

/** Sets it all up; `closers` end it, the last one first. */
export async function openOnDisk(closers: (() => unknown)[]): Promise<Opened> {
  const dir = mkdtempSync(join(tmpdir(), 'kintsugi-full-'))
  closers.push(() => rmSync(dir, { recursive: true }))
  const disk = dataDirOf({ dir })
  mkdirSync(disk)
  mountDisk(disk)
  closers.push(() => execFileSync('umount', ['-l', disk]))
  const basePort = await freeBasePort(Math.random)
  const shop = await startShop({ dir: join(dir, 'shop'), basePort, log: silentLog })
  closers.push(() => shop.stop())
  const load = startLoad({ url: shop.gatewayUrl, dir: shop.dir, perSecond: 100 })
  closers.push(() => load.stop())
  const place = { dir, basePort, shopDir: shop.dir }
  prepare(place, { healthyFor: '3s', within: '20s' })
  const kintsugi = serve(place)
  closers.push(() => kintsugi.stop())
  await kintsugi.untilReady()
  const reader = openReader(disk)
  closers.push(() => reader.close())
  const entries = (): Promise<readonly Entry[]> => reader.entries({})
  const cli: Opened['cli'] = (...args) =>
    new Promise((resolve) => {
      const where = ['-c', configFileOf(place), '--data', disk]
      execFile(process.execPath, [MAIN, ...where, ...args], (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
      )
    })
  return { place, disk, shop, kintsugi, reader, entries, cli, log: () => readFileSync(logOf(place), 'utf8') }
}
