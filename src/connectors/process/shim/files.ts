import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { replaceFile } from './replace.ts'
import { Kept, type Manifest } from './schema.ts'

const LOG_LIMIT_BYTES = 8 * 1024 * 1024

/** What else is kept beside the state file; `good` outlives a shim that is stopped. */
export type BookName = 'config' | 'disk' | 'commands' | 'changes' | 'good'

/** The files of one shim, all under `<dir>/<instance>`. */
export type Files = {
  readonly socket: string
  readonly log: string
  /** What an earlier shim of this instance kept, if there was one. Throws on a file that it cannot have written. */
  load(): Kept | undefined
  /**
   * Replaces the state file whole. Not synced to disk: it must outlive the shim; with the machine the instance goes
   * too, and its identity with it.
   */
  save(kept: Kept): void
  /** Small texts of their own, synced to disk. `load` answers undefined where there is none. */
  readonly books: { load(name: BookName): string | undefined; save(name: BookName, text: string): void }
  /** Appends a line of the shim's own to the log; never throws. */
  note(text: string): void
  /** Keeps the log at about 8 MiB, and as much of what was before. */
  trimLog(): void
  /** Nothing is left to know of: removes state file, books and socket. Log and last good values stay. */
  forget(): void
}

export function filesOf({ dir, instance }: Pick<Manifest, 'dir' | 'instance'>): Files {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const [socket, log, state] = ['sock', 'log', 'json'].map((end) => join(dir, `${instance}.${end}`)) as [
    string,
    string,
    string,
  ]
  const bookAt = (name: BookName): string => join(dir, `${instance}.${name}`)
  return {
    socket,
    log,
    load: () => {
      const text = readIfThere(state)
      return text === undefined ? undefined : Kept.parse(JSON.parse(text))
    },
    save: (kept) => {
      writeFileSync(`${state}.new`, JSON.stringify(kept), { mode: 0o600 })
      renameSync(`${state}.new`, state)
    },
    books: {
      load: (name) => readIfThere(bookAt(name)),
      save: (name, text) => replaceFile(bookAt(name), text),
    },
    note: (text) => {
      try {
        appendFileSync(log, `${new Date().toISOString()} shim: ${text}\n`, { mode: 0o600 })
      } catch {
        // A full disk takes the log and nothing else.
      }
    },
    trimLog: () => {
      if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) <= LOG_LIMIT_BYTES) return
      // The instance holds the file open for appending and goes on at its new end. On a full disk the past is lost.
      try {
        copyFileSync(log, `${log}.1`)
      } finally {
        truncateSync(log)
      }
    },
    forget: () => {
      const books = (['config', 'disk', 'commands', 'changes'] as const).map(bookAt)
      for (const file of [...books, state, socket]) rmSync(file, { force: true })
    },
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}
