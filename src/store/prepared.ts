import { TerminalError } from '../domain/errors.ts'
import type { EntryKind } from '../domain/entry.ts'
import type { Write } from '../domain/ledger.ts'
import type { Commit } from '../domain/ports.ts'
import { canonical } from '../lib/json.ts'
import type { Moment } from '../lib/clock.ts'

export type PreparedEntry = {
  readonly kind: EntryKind
  readonly incident: string | null
  readonly run: string | null
  /** Canonical JSON. */
  readonly body: string
}

/** A commit with its bodies written out: what crosses to the writer's thread. */
export type PreparedCommit = {
  readonly at: Moment
  readonly entries: readonly PreparedEntry[]
  readonly writes: readonly Write[]
  readonly closing: boolean
}

/**
 * Writes out a commit's bodies, so that what cannot be written is refused alone, where it was asked for: TypeError for
 * what JSON cannot hold, TerminalError for table changes that no entry explains.
 */
export function prepareCommit(commit: Commit): PreparedCommit {
  if (commit.entries.length === 0) {
    throw new TerminalError('cannot commit without an entry: every change of the tables is explained by one')
  }
  return {
    at: commit.at,
    entries: commit.entries.map(({ body, incident, run }) => ({
      kind: body.kind,
      incident: incident ?? null,
      run: run ?? null,
      body: canonical(body),
    })),
    writes: commit.writes ?? [],
    closing: commit.closing ?? false,
  }
}

/** About how many bytes a commit adds to the file. */
export function sizeOf(commit: PreparedCommit): number {
  return commit.entries.reduce((sum, entry) => sum + entry.body.length + 512, 0)
}
