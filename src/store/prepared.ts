import { TerminalError } from '../domain/errors.ts'
import type { EntryKind } from '../domain/entry.ts'
import type { Write } from '../domain/ledger.ts'
import type { Commit } from '../domain/ports.ts'
import { canonical } from '../lib/json.ts'
import type { Moment } from '../lib/clock.ts'
import type { Keys } from './keys.ts'
import { holdsSecrets, sealBody } from './seal.ts'

export type PreparedEntry = {
  readonly kind: EntryKind
  readonly incident: string | null
  readonly run: string | null
  /** Canonical JSON. */
  readonly body: string
  /** With which something in it is encrypted; null for nothing. */
  readonly key: string | null
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
export function prepareCommit(commit: Commit, keys?: Keys): PreparedCommit {
  if (commit.entries.length === 0) {
    throw new TerminalError('cannot commit without an entry: every change of the tables is explained by one')
  }
  return {
    at: commit.at,
    entries: commit.entries.map(({ body, incident, run }) => {
      const key = keys && holdsSecrets(body) ? keys.newest.id : null
      const stored = keys && key !== null ? sealBody(body, keys) : body
      return { kind: body.kind, incident: incident ?? null, run: run ?? null, body: canonical(stored), key }
    }),
    writes: commit.writes ?? [],
    closing: commit.closing ?? false,
  }
}

/** About how many bytes a commit adds to the file. */
export function sizeOf(commit: PreparedCommit): number {
  return commit.entries.reduce((sum, entry) => sum + entry.body.length + 512, 0)
}
