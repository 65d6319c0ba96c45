import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { RecordUnwritableError, TerminalError } from '../domain/errors.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Moment } from '../lib/clock.ts'
import type { WriterHook } from './database.ts'
import { backUpBeforeUpgrade } from './upgrade.ts'
import { makeFolder, refuseHalfRestored } from './folder.ts'
import type { Keys } from './keys.ts'
import { lockOwner, type OwnerLock } from './owner.ts'
import { prepareCommit } from './prepared.ts'
import { commitQueue } from './queue.ts'
import { openReader } from './reader.ts'
import type { Retention, RetentionReport } from './retention.ts'
import { writerHere, type WriterPort } from './writer-port.ts'
import { writerThread } from './writer-thread.ts'

export type RecordOptions = {
  /** The data folder; made if it is not there. */
  readonly folder: string
  readonly moment: () => Moment
  /** The writer on the calling thread instead of its own: for the simulator and tests. */
  readonly inProcess?: boolean
  /** Sees every statement of the writer; needs `inProcess`. */
  readonly hook?: WriterHook
  /** `off` only where a lost machine loses nothing: the simulator. */
  readonly synchronous?: 'full' | 'off'
  /** Space inside the file for the end of runs on a full disk, in whole MiB; 0 for none. @default 16 MiB */
  readonly reserveBytes?: number
  /** Encrypts what may hold secrets; absent: it stands there as it is. */
  readonly keys?: Keys
}

/** The record, for the one process that owns it. */
export type OwnedRecord = RecordPort & {
  /**
   * Why a commit that is not closing would be refused now, and what to do; undefined when it would not. Throws
   * RecordUnwritableError when nothing can be written any more.
   */
  shortage(): Promise<string | undefined>
  /** How many commits wait to be written. */
  waiting(): number
  /** One bounded turn of retention: seals, prunes, drops. Ask again while `more`. */
  retain(keep: Retention): Promise<RetentionReport>
}

/**
 * Opens the record of a data folder and takes ownership of it. Throws TerminalError when another process owns it or its
 * schema is newer, RecordUnwritableError when it cannot be written at all.
 */
export async function openRecord(options: RecordOptions): Promise<OwnedRecord> {
  makeFolder(options.folder)
  const lock = lockOwner(options.folder, options.moment().wallMs)
  try {
    refuseHalfRestored(options.folder)
    await backUpBeforeUpgrade(options.folder)
    return await recordOf(options, lock)
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}

async function recordOf(options: RecordOptions, lock: OwnerLock): Promise<OwnedRecord> {
  const { folder, moment } = options
  const writer = await startWriter(options)
  const reader = await readerBeside(writer, options)
  const queue = commitQueue((batch) => writer.run(batch))
  let closing: Promise<void> | undefined

  async function shut(): Promise<void> {
    await queue.drained()
    reader.close()
    try {
      await writer.close()
    } finally {
      lock.release()
    }
  }
  const refuseClosed = (): void => {
    if (closing) throw new RecordUnwritableError(`cannot write the record in ${folder}: it has been closed`)
  }

  return {
    ...reader,
    epoch: writer.epoch,
    commit: async (commit) => {
      refuseClosed()
      return queue.push(prepareCommit(commit, options.keys))
    },
    shortage: async () => {
      refuseClosed()
      return writer.shortage()
    },
    waiting: () => queue.length,
    retain: async (keep) => {
      refuseClosed()
      return writer.retain(moment(), keep)
    },
    close: () => (closing ??= shut()),
  }
}

async function readerBeside(
  writer: WriterPort,
  { folder, keys }: RecordOptions,
): Promise<ReturnType<typeof openReader>> {
  try {
    return openReader(folder, keys)
  } catch (thrown) {
    await writer.close()
    throw thrown
  }
}

async function startWriter(options: RecordOptions): Promise<WriterPort> {
  const { folder, inProcess = false, hook, synchronous = 'full', reserveBytes = 16 << 20 } = options
  const file = join(folder, 'record.db')
  const common = { file, owner: randomUUID(), synchronous, reserveBytes }
  if (inProcess) return writerHere(hook ? { ...common, hook } : common)
  if (hook) throw new TerminalError('cannot hook the writer on its own thread: open the record with inProcess')
  return writerThread(common)
}
