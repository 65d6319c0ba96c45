import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../src/domain/errors.ts'
import { silentLog, type Log } from '../src/lib/log.ts'
import { shopDirOf } from './kintsugi.ts'
import { forgetNotes, note, noted } from './processes.ts'
import { clearLeftovers } from './shop/shop.ts'

/** The lab's folder, in this process's hands: no other lab works in it, and nothing of an earlier one runs. */
export type Session = {
  readonly dir: string
  /** Ends whatever this session started and has not ended itself. */
  close(): Promise<void>
}

/**
 * Takes the folder, ends what a killed lab left there and removes its rounds. Throws {@link UsageError} when another
 * lab works there now.
 */
export async function openSession(folder: string, log: Log): Promise<Session> {
  const dir = resolve(folder)
  const holder = noted(dir).get('lab')
  if (holder && holder.pid !== process.pid) {
    throw new UsageError(`another lab (process ${holder.pid}) works in ${dir}: wait for it, or take another --dir`)
  }
  mkdirSync(dir, { recursive: true })
  note(dir, 'lab', process.pid)
  for (const ground of groundsIn(dir)) {
    await clearLeftovers(shopDirOf({ dir: ground }), log)
    rmSync(ground, { recursive: true })
  }
  const close = async (): Promise<void> => {
    // Not left over but ours: nothing to warn of.
    for (const ground of groundsIn(dir)) await clearLeftovers(shopDirOf({ dir: ground }), silentLog)
    forgetNotes(dir)
  }
  return { dir, close }
}

/** Only folders that a lab made, recognised by their name and by the shop in them. */
function groundsIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => /^(?:round-\d+|stage-\d+)$/.test(name))
    .map((name) => join(dir, name))
    .filter((ground) => existsSync(shopDirOf({ dir: ground })))
}
