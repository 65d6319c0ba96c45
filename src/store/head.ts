import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, TerminalError } from '../domain/errors.ts'
import type { RecordReader } from '../domain/ports.ts'

/** The end of the record, as a file beside or outside it has it: a record that does not hold it is not the one it was. */
export type Head = { readonly epoch: number; readonly seq: number; readonly chain: string }

/** Beside the record: what a copy of the record alone does not replace. */
export const headFileIn = (folder: string): string => join(folder, 'head.json')

/** Undefined where there is none. Throws TerminalError when it cannot be read, or holds no head. */
export function readHead(file: string): Head | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new TerminalError(`cannot read the head of the record in ${file}`, { cause: thrown })
  }
  const head = headIn(text)
  if (head) return head
  throw new TerminalError(`cannot read the head of the record in ${file}: it holds none`)
}

function headIn(text: string): Head | undefined {
  try {
    const { epoch, seq, chain } = JSON.parse(text) as Record<string, unknown>
    if (typeof epoch === 'number' && typeof seq === 'number' && typeof chain === 'string') return { epoch, seq, chain }
  } catch {
    // Not even JSON.
  }
  return undefined
}

/** Whole or not at all, and durable. Throws what the file system throws. */
export function writeHead(file: string, { epoch, seq, chain }: Head): void {
  const next = `${file}.new`
  const open = openSync(next, 'w', 0o600)
  try {
    writeSync(open, `${JSON.stringify({ epoch, seq, chain })}\n`)
    fsyncSync(open)
  } finally {
    closeSync(open)
  }
  renameSync(next, file)
}

/** Why the record may be older than what was last written, or another one, by what these files say; undefined for no reason. */
export async function doubtAbout(
  record: Pick<RecordReader, 'entries'>,
  files: readonly string[],
): Promise<string | undefined> {
  const doubts = await Promise.all(files.map((file) => doubtBy(record, file)))
  const [doubt] = doubts.filter((one) => one !== undefined)
  return doubt === undefined ? undefined : `${doubt}; look at the targets, then resume`
}

async function doubtBy(record: Pick<RecordReader, 'entries'>, file: string): Promise<string | undefined> {
  let head: Head | undefined
  try {
    head = readHead(file)
  } catch (thrown) {
    return messageOf(thrown)
  }
  if (!head || head.seq === 0) return undefined
  const [at] = await record.entries({ after: head.seq - 1, limit: 1, bodies: false })
  if (!at) {
    const [last] = await record.entries({ newestFirst: true, limit: 1, bodies: false })
    return `the record ends at entry ${last?.seq ?? 0}, and ${file} has seen entry ${head.seq}: it was put back from an older copy`
  }
  // What retention has dropped cannot be compared; the record goes on beyond it all the same.
  if (at.seq > head.seq || at.chain === head.chain) return undefined
  return `entry ${head.seq} of the record is not the one that ${file} has seen: the record was put back from another copy`
}

/** Writes the record's end into every file, where it has changed; throws the first failure once it has tried all. */
export function headKeeper(
  record: Pick<RecordReader, 'entries'>,
  epoch: number,
  files: readonly string[],
): () => Promise<void> {
  const written = new Map<string, string>()
  return async (): Promise<void> => {
    const [last] = await record.entries({ newestFirst: true, limit: 1, bodies: false })
    if (!last) return
    const failures: unknown[] = []
    for (const file of files.filter((one) => written.get(one) !== last.chain)) {
      try {
        writeHead(file, { epoch, seq: last.seq, chain: last.chain })
        written.set(file, last.chain)
      } catch (cause) {
        failures.push(new TerminalError(`cannot write the head of the record to ${file}`, { cause }))
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
