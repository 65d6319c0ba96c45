import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { TerminalError } from '../domain/errors.ts'
import { openDatabase } from './database.ts'
import { explained, isBusy } from './sqlite-errors.ts'

const GRACE_MS = 500

export type OwnerLock = { release(): void }

/**
 * Makes this process the owner of a data folder until it releases it or dies. The lock is an exclusive transaction on a
 * database of its own, which stays empty: the kernel drops it with the process, nothing is ever stale, and the record
 * itself stays open to readers. Throws TerminalError, naming the holder, when another process owns the folder.
 *
 * No process may open `owner.db` by other means while it owns the folder: closing any handle on it drops the lock.
 */
export function lockOwner(folder: string, wallMs: number): OwnerLock {
  const db = openDatabase(join(folder, 'owner.db'), { busyTimeoutMs: GRACE_MS })
  try {
    db.raw('pragma journal_mode = memory')
    db.raw('BEGIN EXCLUSIVE')
  } catch (thrown) {
    db.close()
    if (!isBusy(thrown)) throw explained(thrown, db.file)
    throw new TerminalError(
      `cannot own the data folder ${folder}: ${holderOf(folder)} owns it; stop that process first, or give this one another folder`,
    )
  }
  leaveCard(folder, wallMs)
  return { release: () => db.close() }
}

/** Who holds the lock, for the message only. */
function leaveCard(folder: string, wallMs: number): void {
  const card = { pid: process.pid, host: hostname(), since: new Date(wallMs).toISOString() }
  try {
    writeFileSync(join(folder, 'owner.json.new'), JSON.stringify(card))
    renameSync(join(folder, 'owner.json.new'), join(folder, 'owner.json'))
  } catch {
    // A full or read-only disk: the lock holds without the card.
  }
}

function holderOf(folder: string): string {
  try {
    const card = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as Record<string, unknown>
    return `process ${String(card['pid'])} on ${String(card['host'])} (since ${String(card['since'])})`
  } catch {
    return 'another process'
  }
}
