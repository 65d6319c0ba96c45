import { transact, type Database } from './database.ts'
import { diskBytes } from './disk.ts'
import { lengthenLog, logFrames, logState, type LogState } from './log-file.ts'
import { isFull } from './sqlite-errors.ts'
import { addSlab, countSlabs, openSlab } from './sql/slabs.ts'

const MIB = 1 << 20
const SLAB_BYTES = MIB
/** Free pages that a batch finds ready, so that the file grows only by slabs. */
const FREE_BYTES = 2 * MIB
/** Slabs beyond the reserve, to live on; more than FREE_BYTES of them. */
const SPARE_SLABS = 4
/** The log is this far longer than its newest frame. */
const LOG_AHEAD_BYTES = 4 * MIB
/** A disk with less than this is full: nothing new starts on it. */
const DISK_BYTES = 4 * MIB
/** From here on the file may grow as it likes: nothing but the reserve and the log's lead needs to be there beforehand. */
const AMPLE_DISK_BYTES = 512 * MIB
const CHECKPOINT_FRAMES = 512

/**
 * Room for the end of what is under way. The file holds *slabs*, blobs of nothing; one of them opened is a megabyte of
 * free pages. On a disk that is not ample ordinary commits live on pages of slabs beyond the reserve, added while the
 * disk has room; on a full disk only closing commits are left, and they open the reserve. Every page was once written to the file, and the log
 * is kept longer than it is used, so that a commit needs nothing more from the disk. While a reader holds the log open,
 * slabs added meanwhile are not yet in the file, and the room that is certain is the log's lead alone.
 */
export type Space = {
  /** Makes the reserve whole if it can; answers why ordinary commits must be refused, or undefined when they need not. */
  shortage(): string | undefined
  /** Opens part of the reserve when pages run short. */
  dip(): void
  /** After a batch: copies the log into the file, so that the log begins anew. */
  tidy(): void
}

/** What there is: slabs, bytes on free pages and on the disk, and the log. */
type Room = LogState & { readonly slabs: number; readonly free: number; readonly disk: number }

export function keepSpace(db: Database, reserveBytes: number): Space {
  const reserve = Math.ceil(reserveBytes / SLAB_BYTES)
  const pageBytes = Number(db.raw('pragma page_size')[0]?.['page_size'])
  const freeBytes = (): number => Number(db.raw('pragma freelist_count')[0]?.['freelist_count']) * pageBytes

  function tidy(): void {
    const { frames, copied } = logFrames(db)
    if (frames - copied >= CHECKPOINT_FRAMES) quietly(() => void db.raw('pragma wal_checkpoint(passive)'))
  }

  function grow(): boolean {
    if (diskBytes(db.file) < SLAB_BYTES + DISK_BYTES) return false
    const grown = quietly(() => transact(db, () => addSlab(db, SLAB_BYTES)))
    tidy()
    return grown
  }

  function replenish(): void {
    let slabs = countSlabs(db)
    // A new slab takes free pages first, so that slabs are added several at a time and opened afterwards.
    const isDue = slabs < reserve || (slabs === reserve && freeBytes() < FREE_BYTES)
    while (isDue && slabs < reserve + SPARE_SLABS && grow()) slabs++
    for (; slabs > reserve && freeBytes() < FREE_BYTES; slabs--) transact(db, () => openSlab(db))
    const { usedBytes, fileBytes } = logState(db)
    const ahead = usedBytes + LOG_AHEAD_BYTES
    if (fileBytes < ahead && diskBytes(db.file) >= LOG_AHEAD_BYTES + DISK_BYTES)
      quietly(() => lengthenLog(db, ahead + MIB))
  }

  const look = (): Room => ({
    slabs: countSlabs(db),
    free: freeBytes(),
    disk: diskBytes(db.file),
    ...logState(db),
  })
  const isAmple = ({ slabs, free, disk, usedBytes, fileBytes }: Room): boolean =>
    slabs >= reserve &&
    (free >= FREE_BYTES || disk >= AMPLE_DISK_BYTES) &&
    fileBytes - usedBytes >= LOG_AHEAD_BYTES &&
    disk >= DISK_BYTES

  function shortage(): string | undefined {
    if (reserve === 0) return undefined
    if (isAmple(look())) return undefined
    replenish()
    const now = look()
    if (isAmple(now)) return undefined
    const { slabs, disk, usedBytes, fileBytes } = now
    return `cannot write the record ${db.file}: its disk has ${mib(disk)} MiB left, ${mib(SLAB_BYTES + DISK_BYTES + LOG_AHEAD_BYTES)} are enough (reserve ${slabs} of ${reserve} MiB, log ${mib(usedBytes)} of ${mib(fileBytes)} MiB used). Free some space: nothing new starts until then, and what is under way still records its end`
  }

  function dip(): void {
    if (reserve === 0) return
    while (freeBytes() < FREE_BYTES && countSlabs(db) > 0) transact(db, () => openSlab(db))
  }

  return { shortage, dip, tidy }
}

/** A full disk is an answer here, not an error: false. */
function quietly(act: () => void): boolean {
  try {
    act()
    return true
  } catch (thrown) {
    if (isFull(thrown) || isNoSpace(thrown)) return false
    throw thrown
  }
}

const isNoSpace = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT')

const mib = (bytes: number): string => (bytes / MIB).toFixed(1)
