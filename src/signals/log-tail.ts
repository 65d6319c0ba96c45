import { open, readdir, realpath, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What was read of a log since the last time. */
export type NewLines = {
  readonly lines: readonly string[]
  /** Bytes that came faster than they are read, or in lines that are too long. */
  readonly skippedBytes: number
}

/** Where reading has come to. `mark` is what stands right before `offset`: by it the same log is known again. */
export type Tail = { readonly inode: number; readonly offset: number; readonly mark: Buffer; readonly rest: Buffer }

const MOST_BYTES = 256 * 1024
const LONGEST_LINE = 16 * 1024
const LONGEST_MARK = 256
/** Of the files beside a log, so many are looked at to find its old end. */
const MOST_OLD_FILES = 64
const NEW_LINE = Buffer.from('\n')
const EMPTY = Buffer.alloc(0)

/**
 * Reads what was appended to a file since `was`; from its end on, the first time. A file that was replaced (by a rename) or
 * truncated (after a copy) is read to its old end where that is now: in a file beside it that has its name with more to
 * it, such as `FILE.1` or `FILE-20261122`; then from its beginning. It is known by what was read last: a file that was
 * truncated and has grown again is another, and so is a new one under an inode that was used before. Of much, only the
 * newest is read. Throws what opening the file throws.
 */
export async function readNew(file: string, was: Tail | undefined): Promise<NewLines & { readonly tail: Tail }> {
  const handle = await open(file, 'r')
  try {
    const now = await lookAt(handle)
    if (!was) return { lines: [], skippedBytes: 0, tail: await tailAt(now, EMPTY) }
    if (await holds(now, was)) return await readOn(now, was.offset, [was.rest], 0)
    return await readAnother(file, now, was)
  } finally {
    await handle.close()
  }
}

type Opened = { readonly handle: FileHandle; readonly inode: number; readonly size: number }
type Read = { readonly bytes: Buffer; readonly skipped: number }

async function lookAt(handle: FileHandle): Promise<Opened> {
  const { ino: inode, size } = await handle.stat()
  return { handle, inode, size }
}

/** Whether this is the file that was read. */
async function holds(now: Opened, was: Tail): Promise<boolean> {
  return now.inode === was.inode && (await hasMark(now, was))
}

async function hasMark({ handle, size }: Opened, { offset, mark }: Tail): Promise<boolean> {
  if (size < offset) return false
  const { bytes } = await readFrom(handle, offset - mark.length, offset)
  return bytes.equals(mark)
}

async function readOn(
  now: Opened,
  from: number,
  before: readonly Buffer[],
  skipped: number,
): Promise<NewLines & { readonly tail: Tail }> {
  const fresh = await readFrom(now.handle, from, now.size)
  const { rest, ...lines } = linesIn(Buffer.concat([...before, fresh.bytes]), skipped + fresh.skipped)
  return { ...lines, tail: await tailAt(now, rest) }
}

/** The old file to its end, then the new one. While that is empty, whoever writes may still write to the old one. */
async function readAnother(file: string, now: Opened, was: Tail): Promise<NewLines & { readonly tail: Tail }> {
  const old = await findOld(file, was)
  if (!old) return readOn(now, 0, [ended(was.rest)], 0)
  try {
    if (now.size === 0) return await readOn(old, was.offset, [was.rest], 0)
    const { bytes, skipped } = await readFrom(old.handle, was.offset, old.size)
    return await readOn(now, 0, [ended(Buffer.concat([was.rest, bytes]))], skipped)
  } finally {
    await old.handle.close()
  }
}

/** What stands at the end of a file that nobody writes to any more is a line. */
function ended(bytes: Buffer): Buffer {
  return bytes.length === 0 || bytes.at(-1) === NEW_LINE[0] ? bytes : Buffer.concat([bytes, NEW_LINE])
}

/** The file that was, where it still is: renamed, or copied before it was truncated. */
async function findOld(file: string, was: Tail): Promise<Opened | undefined> {
  const real = await realpath(file)
  const name = basename(real)
  const beside = (await readdir(dirname(real))).filter(
    (other) => other.startsWith(name) && /^[.-]/.test(other.slice(name.length)),
  )
  let copy: Opened | undefined
  for (const other of beside.slice(0, MOST_OLD_FILES)) {
    const found = await opened(join(dirname(real), other))
    if (found && (await holds(found, was))) {
      await copy?.handle.close()
      return found
    }
    if (!copy && found && was.mark.length > 0 && (await hasMark(found, was))) copy = found
    else await found?.handle.close()
  }
  return copy
}

async function opened(file: string): Promise<Opened | undefined> {
  const handle = await open(file, 'r').catch(() => undefined)
  return handle && lookAt(handle)
}

async function tailAt({ handle, inode, size }: Opened, rest: Buffer): Promise<Tail> {
  const { bytes } = await readFrom(handle, Math.max(0, size - LONGEST_MARK), size)
  return { inode, offset: size, mark: bytes, rest }
}

async function readFrom(handle: FileHandle, from: number, to: number): Promise<Read> {
  const start = Math.max(from, to - MOST_BYTES)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(0, to - start)), 0, to - start, start)
  return { bytes: buffer.subarray(0, bytesRead), skipped: start - from }
}

function linesIn(bytes: Buffer, skippedBytes: number): NewLines & { readonly rest: Buffer } {
  const end = bytes.lastIndexOf(NEW_LINE) + 1
  const rest = bytes.subarray(end)
  const lines =
    end === 0
      ? []
      : bytes
          .subarray(0, end - 1)
          .toString('utf8')
          .split('\n')
  // Where something was skipped, the first line is the end of one.
  const whole = skippedBytes > 0 ? lines.slice(1) : lines
  if (rest.length <= LONGEST_LINE) return { lines: whole, skippedBytes, rest: Buffer.from(rest) }
  return { lines: whole, skippedBytes: skippedBytes + rest.length, rest: Buffer.alloc(0) }
}
