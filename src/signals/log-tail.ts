import { open, stat, type FileHandle } from 'node:fs/promises'

/** What was read of a log since the last time. */
export type NewLines = {
  readonly lines: readonly string[]
  /** Bytes that came faster than they are read, or in lines that are too long. */
  readonly skippedBytes: number
}

/** Where reading has come to. */
export type Tail = { readonly inode: number; readonly offset: number; readonly rest: Buffer }

const MOST_BYTES = 256 * 1024
const LONGEST_LINE = 16 * 1024
const NEW_LINE = 10

/**
 * Reads what was appended to a file since `was`; from its end on, the first time. A file that was replaced (by a rename to
 * `FILE.1`) or truncated (after a copy to `FILE.1`) is read to its old end there, and from its beginning. Of much, only the
 * newest is read. A file that was truncated and has grown longer than it was by the next look is not told from one that
 * only grew. Throws what opening the file throws.
 */
export async function readNew(file: string, was: Tail | undefined): Promise<NewLines & { readonly tail: Tail }> {
  const handle = await open(file, 'r')
  try {
    const { ino: inode, size } = await handle.stat()
    if (!was) return { lines: [], skippedBytes: 0, tail: { inode, offset: size, rest: Buffer.alloc(0) } }
    const isAnother = inode !== was.inode || size < was.offset
    const old = isAnother ? await readOld(`${file}.1`, was, inode) : NOTHING
    const from = isAnother ? 0 : was.offset
    const fresh = await readFrom(handle, from, size)
    const parts = linesIn(Buffer.concat([was.rest, old.bytes, fresh.bytes]), old.skipped + fresh.skipped)
    return { ...parts, tail: { inode, offset: size, rest: parts.rest } }
  } finally {
    await handle.close()
  }
}

type Read = { readonly bytes: Buffer; readonly skipped: number }
const NOTHING: Read = { bytes: Buffer.alloc(0), skipped: 0 }

/** The end of the file that was, where it still is: renamed, or copied before it was truncated. */
async function readOld(file: string, was: Tail, inode: number): Promise<Read> {
  const found = await stat(file).catch(() => undefined)
  const isOld = found?.ino === was.inode || (inode === was.inode && found !== undefined && found.size >= was.offset)
  if (!found || !isOld) return NOTHING
  const handle = await open(file, 'r').catch(() => undefined)
  if (!handle) return NOTHING
  try {
    return await readFrom(handle, was.offset, found.size)
  } finally {
    await handle.close()
  }
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
