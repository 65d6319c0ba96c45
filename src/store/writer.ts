import { ConflictError, messageOf, RecordUnwritableError, TerminalError } from '../domain/errors.ts'
import type { Moment } from '../lib/clock.ts'
import { applyWrite } from './apply.ts'
import { openDatabase, transact, type Database, type WriterHook } from './database.ts'
import { migrate } from './migrations.ts'
import type { PreparedCommit } from './prepared.ts'
import { retain, type Retention, type RetentionReport } from './retention.ts'
import { keepSpace, type Space } from './space.ts'
import { explained, isConstraint, isFull, isIo } from './sqlite-errors.ts'
import { appendEntry, readTail, type Tail } from './sql/entries.ts'
import { requireOwnership, takeOwnership, type Ownership } from './sql/meta.ts'

export type WriterOptions = {
  readonly file: string
  /** A name that no other process has. */
  readonly owner: string
  readonly synchronous: 'full' | 'off'
  readonly reserveBytes: number
  readonly hook?: WriterHook
}

/** The sequence number of a commit's first entry, or why nothing of it was written. */
export type CommitResult = { readonly seq: number } | { readonly error: Error }

/** The one who writes: synchronous, on whatever thread it is called. */
export type Writer = {
  readonly epoch: number
  /** Runs commits as one transaction with one sync, each alone in a savepoint: a refused one does not touch the others. */
  run(batch: readonly PreparedCommit[]): readonly CommitResult[]
  /** Why a commit that is not closing would be refused now; undefined when it would not. */
  shortage(): string | undefined
  /** One bounded turn of retention. */
  retain(at: Moment, keep: Retention): RetentionReport
  /** What can wait until the batch has been answered. */
  tidy(): void
  close(): void
}

/** Opens the record for writing, brings its schema up to date and takes ownership. Needs the owner lock (`owner.ts`). */
export function openWriter(options: WriterOptions): Writer {
  const db = openDatabase(options.file, options.hook ? { hook: options.hook } : {})
  try {
    useLog(db)
    db.raw(`pragma synchronous = ${options.synchronous}`)
    // Checkpoints are ours (`space.ts`); temporary files would need the disk that may be full.
    db.raw('pragma wal_autocheckpoint = 0')
    db.raw('pragma temp_store = memory')
    migrate(db)
    const ownership = transact(db, () => takeOwnership(db, options.owner))
    const space = keepSpace(db, options.reserveBytes)
    space.shortage()
    return makeWriter(db, ownership, space)
  } catch (thrown) {
    db.close()
    throw explained(thrown, options.file)
  }
}

function useLog(db: Database): void {
  const mode = db.raw('pragma journal_mode = wal')[0]?.['journal_mode']
  if (mode === 'wal') return
  throw new TerminalError(
    `cannot keep the record at ${db.file}: its disk allows no shared memory between processes; put the data folder on a local disk`,
  )
}

function makeWriter(db: Database, ownership: Ownership, space: Space): Writer {
  let death: string | undefined

  /** Anything but a state of the file and a refusal is a bug or a crash: nothing more is written after it. */
  function alive<T>(act: () => T): T {
    if (death !== undefined) throw new RecordUnwritableError(`cannot write the record ${db.file}: ${death}`)
    try {
      return act()
    } catch (thrown) {
      const error = explained(thrown, db.file)
      if (isIo(thrown) || !(error instanceof TerminalError || error instanceof RecordUnwritableError)) {
        death = `its writer has failed (${messageOf(error)}); restart this process`
      }
      throw error
    }
  }

  function owned<T>(act: () => T): T {
    return transact(db, () => {
      requireOwnership(db, ownership)
      return act()
    })
  }

  function group(commits: readonly PreparedCommit[]): CommitResult[] {
    return owned(() => {
      let tail = readTail(db)
      return commits.map((commit) => {
        const result = alone(db, tail, commit)
        if ('error' in result) return result
        const seq = tail.seq + 1
        tail = result
        return { seq }
      })
    })
  }

  /** The same error for each, when it is the file or its disk that refuses. */
  function groupOrError(commits: readonly PreparedCommit[]): readonly CommitResult[] {
    try {
      return commits.length === 0 ? [] : group(commits)
    } catch (thrown) {
      // A disk that fails in the middle of a commit: nobody knows whether it was written. Only a new start can tell.
      if (isIo(thrown)) throw thrown
      const error = explained(thrown, db.file)
      if (isFull(thrown) && commits.some((commit) => !commit.closing)) return closingOnly(commits, error as Error)
      if (error instanceof TerminalError || error instanceof RecordUnwritableError)
        return commits.map(() => ({ error }))
      throw error
    }
  }

  function closingOnly(commits: readonly PreparedCommit[], error: Error): readonly CommitResult[] {
    space.dip()
    const results = [...groupOrError(commits.filter((commit) => commit.closing))]
    return commits.map((commit) => (commit.closing && results.shift()) || { error })
  }

  return {
    epoch: ownership.epoch,
    run: (batch) =>
      alive(() => {
        const shortage = space.shortage()
        return shortage === undefined ? groupOrError(batch) : closingOnly(batch, new RecordUnwritableError(shortage))
      }),
    shortage: () => alive(() => space.shortage()),
    retain: (at, keep) =>
      alive(() => {
        const shortage = space.shortage()
        if (shortage !== undefined) throw new RecordUnwritableError(shortage)
        return owned(() => retain(db, at, keep))
      }),
    tidy: () => alive(() => space.tidy()),
    close: () => db.close(),
  }
}

/** One commit in its savepoint: the new end of the chain, or the refusal that undid it. */
function alone(db: Database, tail: Tail, commit: PreparedCommit): Tail | { readonly error: Error } {
  db.raw('SAVEPOINT one')
  try {
    const end = commit.entries.reduce((end, entry) => appendEntry(db, end, commit.at, entry), tail)
    for (const write of commit.writes) applyWrite(db, write, commit.at)
    db.raw('RELEASE one')
    return end
  } catch (thrown) {
    const error = refusal(thrown)
    if (error === undefined) throw thrown
    db.raw('ROLLBACK TO one')
    db.raw('RELEASE one')
    return { error }
  }
}

function refusal(thrown: unknown): Error | undefined {
  if (thrown instanceof ConflictError) return thrown
  if (!isConstraint(thrown)) return undefined
  return new ConflictError('cannot commit: the record refuses a value or a second row of the same name', {
    cause: thrown,
  })
}
