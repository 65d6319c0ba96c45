import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Compilable } from 'kysely'
import { explained } from './sqlite-errors.ts'

/**
 * Called before and after every statement, transaction bounds included. A hook that throws stands for a crash at that
 * point: the connection must then only be closed. (One that throws RecordUnwritableError stands for a disk that refuses
 * that statement: the writer answers with it and goes on.)
 */
export type WriterHook = (when: 'before' | 'after', sql: string) => void

/** One connection that runs compiled queries on cached prepared statements. */
export type Database = {
  readonly file: string
  all<Row>(query: Compilable<Row>): Row[]
  first<Row>(query: Compilable<Row>): Row | undefined
  /** Answers how many rows changed. */
  run(query: Compilable): number
  /** A statement without parameters: BEGIN, COMMIT, a pragma, a line of a migration. */
  raw(text: string): Record<string, unknown>[]
  /** Forgets an open transaction, if there is one. No hook sees it: a crash would do the same. */
  abandon(): void
  close(): void
}

export type DatabaseOptions = {
  readonly readOnly?: boolean
  readonly hook?: WriterHook
  /** How long to wait for another process's lock. */
  readonly busyTimeoutMs?: number
}

const CACHED_STATEMENTS = 200
const nothing = (): void => {}

/** Opens a database file. Throws RecordUnwritableError when that cannot be; queries throw node:sqlite's own errors. */
export function openDatabase(file: string, options: DatabaseOptions = {}): Database {
  const db = connect(file, options)
  const hook = options.hook ?? nothing
  const statements = new Map<string, StatementSync>()

  function prepared(text: string): StatementSync {
    const known = statements.get(text)
    if (known) return known
    if (statements.size >= CACHED_STATEMENTS) statements.clear()
    const made = db.prepare(text)
    statements.set(text, made)
    return made
  }

  function hooked<T>(text: string, act: (statement: StatementSync) => T): T {
    hook('before', text)
    const result = act(prepared(text))
    hook('after', text)
    return result
  }

  function all<Row>(query: Compilable<Row>): Row[] {
    const { sql, parameters } = query.compile()
    return hooked(sql, (statement) => statement.all(...(parameters as SQLInputValue[])) as Row[])
  }

  return {
    file,
    all,
    first: (query) => all(query)[0],
    run: (query) => {
      const { sql, parameters } = query.compile()
      return hooked(sql, (statement) => Number(statement.run(...(parameters as SQLInputValue[])).changes))
    },
    raw: (text) => hooked(text, (statement) => statement.all()),
    abandon: () => {
      if (db.isOpen && db.isTransaction) db.exec('ROLLBACK')
    },
    close: () => {
      if (db.isOpen) db.close()
    },
  }
}

function connect(file: string, { readOnly = false, busyTimeoutMs = 5000 }: DatabaseOptions): DatabaseSync {
  try {
    return new DatabaseSync(file, { readOnly, timeout: busyTimeoutMs })
  } catch (thrown) {
    throw explained(thrown, file)
  }
}

/** All of `act` or nothing of it, durably. */
export function transact<T>(db: Database, act: () => T): T {
  return within(db, 'BEGIN IMMEDIATE', act)
}

/** Reads of one moment. */
export function snapshot<T>(db: Database, act: () => T): T {
  return within(db, 'BEGIN', act)
}

function within<T>(db: Database, begin: string, act: () => T): T {
  try {
    db.raw(begin)
    const result = act()
    db.raw('COMMIT')
    return result
  } catch (thrown) {
    db.abandon()
    throw thrown
  }
}
