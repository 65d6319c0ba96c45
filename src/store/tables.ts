import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Compilable, Generated, LimitNode } from 'kysely'
import type { Moment } from '../lib/clock.ts'
import type { EntryKind } from '../domain/entry.ts'
import type { Actor, Lock } from '../domain/ledger.ts'
import type { ProposalEnd } from '../domain/proposal.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Outcome } from '../domain/run.ts'

/** The chained table. Digests and chain values are lower-case hex. */
export type EntryRow = {
  readonly seq: number
  readonly wall_ms: number
  readonly boot_ms: number
  readonly boot_id: string
  readonly kind: EntryKind
  readonly incident: string | null
  readonly run: string | null
  readonly digest: string
  readonly chain: string
}

/** A {@link Moment} as JSON, wherever no query compares moments. */
export type MomentText = string

/** The tables of the record, as the newest migration leaves them. Booleans are 0 or 1. */
export type Tables = {
  entries: EntryRow
  /** Canonical JSON of the bodies, apart so that they can be pruned. `key`: with which something in it is encrypted. */
  payloads: { seq: number; body: string; key: string | null }
  /** `seq` is that of the entry that sealed it; `head` the chain value of its last entry. */
  segments: {
    seq: number
    first_seq: number
    last_seq: number
    head: string
    sealed_at: MomentText
    dropped: Generated<number>
  }
  locks: { resource: string; run: string; mode: Lock['mode'] }
  attempts: {
    id: Generated<number>
    owner: ResourceRef
    run: string
    at: MomentText
    ended_at: MomentText | null
    shadow: number
    released: Generated<number>
  }
  holds: { target: ResourceRef; since: MomentText; for_ms: number; reason: string; by: string }
  latches: { owner: ResourceRef; since: MomentText; reason: string }
  runs: {
    id: Generated<number>
    run: string
    incident: string
    plan: string
    owner: ResourceRef
    target: ResourceRef
    started_at: MomentText
    ended_at: MomentText | null
    outcome: Outcome | null
  }
  incidents: {
    id: Generated<number>
    incident: string
    owner: ResourceRef
    opened_at: MomentText
    closed_at: MomentText | null
  }
  /** What was proposed: `seq` is that of its `proposed` entry, which holds all else. */
  proposals: {
    id: Generated<number>
    proposal: string
    incident: string
    seq: number
    ended_at: MomentText | null
    ended_as: ProposalEnd | null
    ended_by: string | null
    ended_reason: string | null
    /** The first of two yeses. */
    yes_at: MomentText | null
    yes_by: string | null
    yes_person: string | null
    yes_reason: string | null
  }
  /** `instances` is JSON; `name` is the disturbance's id. */
  disturbances: {
    id: Generated<number>
    name: string
    actor: Actor
    by: string
    reason: string
    target: ResourceRef
    owner: ResourceRef
    share: number
    instances: string
    lasting: number
    shadow: number
    since: MomentText
    for_ms: number | null
    ended_at: MomentText | null
  }
  /** The `alerts-received` entries that hold the newest word on some alert; kept from retention. */
  alerts: { seq: number }
  /** One row while paused, else none. */
  pause: { id: number; freeze: number; since: MomentText; reason: string; by: string }
  /** One row: who may write. */
  meta: { id: number; epoch: number; owner: string }
  /** Disk space set aside inside the file (`space.ts`). */
  slabs: { id: Generated<number>; body: Uint8Array }
}

/** SQLite plans a query anew each time that a parameter which is a limit is bound; behind a plus it does not see it. */
class QueryCompiler extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    this.append('limit +')
    this.visitNode(node.limit)
  }
}

/** Builds queries; nothing is ever executed through it, see `database.ts`. */
export const query: Kysely<Tables> = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new QueryCompiler(),
  },
})

/** Stands in a query that is built once, until it is asked. */
export const NOBODY: ResourceRef = 'kintsugi:none/none/none'

/**
 * Builds a query once, for what is run with every commit: answers it with other parameters, in the order in which it was
 * built with them.
 */
export function builtOnce<Row>(built: Compilable<Row>): (...parameters: readonly unknown[]) => Compilable<Row> {
  const compiled = built.compile()
  return (...parameters) => ({ compile: () => ({ ...compiled, parameters }) })
}

/** A moment as it is stored: whole milliseconds. */
export function wholeMoment(at: Moment): Moment {
  return { wallMs: Math.round(at.wallMs), bootMs: Math.round(at.bootMs), bootId: at.bootId }
}

export function momentText(at: Moment): MomentText {
  return JSON.stringify(wholeMoment(at))
}

export function momentOf(text: MomentText): Moment {
  return JSON.parse(text) as Moment
}
