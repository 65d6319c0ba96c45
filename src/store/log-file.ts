import { closeSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs'
import type { Database } from './database.ts'

const FRAME_BYTES = 4096 + 24
const HEADER_BYTES = 32
const CHUNK = Buffer.alloc(1 << 20)

export type LogFrames = {
  /** Pages in the log, and how many of them the database file has already. */
  readonly frames: number
  readonly copied: number
}

export type LogState = LogFrames & {
  /** Bytes up to the end of the newest frame, and of the whole file. */
  readonly usedBytes: number
  readonly fileBytes: number
}

/** The write-ahead log beside the database file. */
export function logState(db: Database): LogState {
  const { frames, copied } = logFrames(db)
  const fileBytes = statSync(logFile(db), { throwIfNoEntry: false })?.size ?? 0
  return { frames, copied, usedBytes: frames * FRAME_BYTES + HEADER_BYTES, fileBytes }
}

/** What is asked after every batch: as much as SQLite knows without looking at the disk. */
export function logFrames(db: Database): LogFrames {
  const state = db.raw('pragma wal_checkpoint(noop)')[0]
  return {
    frames: Math.max(0, Number(state?.['log'] ?? 0)),
    copied: Math.max(0, Number(state?.['checkpointed'] ?? 0)),
  }
}

/**
 * Makes the log's file at least this long, with real blocks. SQLite ignores what follows the last valid frame and
 * overwrites it; it holds no file lock on the log that closing our own handle could drop. Throws what the disk says.
 */
export function lengthenLog(db: Database, bytes: number): void {
  const handle = openSync(logFile(db), 'r+')
  try {
    for (let at = logState(db).fileBytes; at < bytes; at += CHUNK.length) {
      writeSync(handle, CHUNK, 0, Math.min(CHUNK.length, bytes - at), at)
    }
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

const logFile = (db: Database): string => `${db.file}-wal`
