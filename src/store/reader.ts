import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TerminalError } from '../domain/errors.ts'
import type { Ledger } from '../domain/ledger.ts'
import type { RecordReader } from '../domain/ports.ts'
import { openDatabase, snapshot, type Database } from './database.ts'
import type { Keys } from './keys.ts'
import { requireSchema } from './migrations.ts'
import { explained } from './sqlite-errors.ts'
import { keptAlerts } from './sql/alerts.ts'
import { attemptsOf, lastAttempt, newestAttempts } from './sql/attempts.ts'
import { allDisturbances, lastDisturbance } from './sql/disturbances.ts'
import { findEntries } from './sql/entries.ts'
import { allHolds, allLatches } from './sql/holds.ts'
import { findIncidents, findOpenIncidents } from './sql/incidents.ts'
import { allLocks, locksOn } from './sql/locks.ts'
import { findPause } from './sql/pause.ts'
import { findProposals } from './sql/proposals.ts'
import { findOpenRuns, findRuns } from './sql/runs.ts'

/** The record's file in a data folder; a path that is a file already (a backup) is taken as it is. */
export function recordFile(place: string): string {
  return statSync(place, { throwIfNoEntry: false })?.isFile() ? place : join(place, 'record.db')
}

/** A connection that only reads, beside a running owner or without one. Throws TerminalError where there is no record. */
export function openReadOnly(place: string): Database {
  const file = recordFile(place)
  if (!existsSync(file)) {
    throw new TerminalError(`cannot read the record: there is none at ${file}; check the data folder's path`)
  }
  const db = openDatabase(file, { readOnly: true })
  try {
    requireSchema(db)
    return db
  } catch (thrown) {
    db.close()
    throw explained(thrown, file)
  }
}

/** Reads the record of a data folder, also while its owner runs. Without its key, what is encrypted stays sealed. */
export function openReader(folder: string, keys?: Keys): RecordReader & { close(): void } {
  const db = openReadOnly(folder)
  return { ...readerOf(db, keys), close: () => db.close() }
}

function readerOf(db: Database, keys: Keys | undefined): RecordReader {
  const ofAll = readOfAll(db)
  return {
    entries: async (query) => findEntries(db, query, keys),
    attempts: async ({ limit }) => newestAttempts(db, limit),
    openRuns: async () => findOpenRuns(db),
    runs: async (query) => findRuns(db, query),
    openIncidents: async () => findOpenIncidents(db),
    incidents: async (query) => findIncidents(db, query),
    proposals: async (query) => findProposals(db, query, keys),
    alerts: async () => keptAlerts(db),
    ledger: async (owner, resources) =>
      snapshot(db, () => ({
        locks: resources ? locksOn(db, resources) : allLocks(db),
        attempts: attemptsOf(db, owner),
        lastAttempt: lastAttempt(db, owner),
        ...ofAll(),
      })),
  }
}

type OfAll = Omit<Ledger, 'locks' | 'attempts' | 'lastAttempt'>

/** What of the ledger is the same for every owner: read once for each state of the file. */
function readOfAll(db: Database): () => OfAll {
  let known: { readonly version: number; readonly value: OfAll } | undefined
  return () => {
    // Changes with every commit of any other connection, and this one only reads.
    const version = Number(db.raw('pragma data_version')[0]?.['data_version'])
    if (known?.version !== version) known = { version, value: ofAllNow(db) }
    return known.value
  }
}

function ofAllNow(db: Database): OfAll {
  const pause = findPause(db)
  return {
    holds: allHolds(db),
    latches: allLatches(db),
    disturbances: allDisturbances(db),
    lastDisturbance: lastDisturbance(db),
    ...(pause && { pause }),
  }
}
