import { sql } from 'kysely'
import type { Moment } from '../../lib/clock.ts'
import type { Entry, EntryBody, EntryKind } from '../../domain/entry.ts'
import type { EntryQuery } from '../../domain/ports.ts'
import type { Database } from '../database.ts'
import { chainOf, digestOf, GENESIS } from '../hash.ts'
import type { Keys } from '../keys.ts'
import type { PreparedEntry } from '../prepared.ts'
import { openBody } from '../seal.ts'
import { builtOnce, query, wholeMoment, type EntryRow } from '../tables.ts'

/** The end of the chain: what the next entry follows. */
export type Tail = { readonly seq: number; readonly chain: string }

const newest = builtOnce(query.selectFrom('entries').select(['seq', 'chain']).orderBy('seq', 'desc').limit(1))

export function readTail(db: Database): Tail {
  const row = db.first(newest(1))
  return row ?? { seq: 0, chain: GENESIS }
}

const insertEntry = builtOnce(
  query.insertInto('entries').values({
    seq: 0,
    wall_ms: 0,
    boot_ms: 0,
    boot_id: '',
    kind: 'alerts-received',
    incident: null,
    run: null,
    digest: '',
    chain: '',
  }),
)
const insertPayload = builtOnce(query.insertInto('payloads').values({ seq: 0, body: '', key: null }))

/** Appends one entry after `tail`, and answers the new end. */
export function appendEntry(db: Database, tail: Tail, at: Moment, entry: PreparedEntry): Tail {
  const { wallMs, bootMs, bootId } = wholeMoment(at)
  const { kind, incident, run, body, key } = entry
  const seq = tail.seq + 1
  const digest = digestOf(body)
  const chain = chainOf(tail.chain, {
    seq,
    wall_ms: wallMs,
    boot_ms: bootMs,
    boot_id: bootId,
    kind,
    incident,
    run,
    digest,
  })
  db.run(insertEntry(seq, wallMs, bootMs, bootId, kind, incident, run, digest, chain))
  db.run(insertPayload(seq, body, key))
  return { seq, chain }
}

export type StoredEntry = EntryRow & { readonly body: string | null; readonly key: string | null }

/** Up to `limit` entries after a number, oldest first, as they are stored. */
export function storedEntries(db: Database, after: number, limit: number): StoredEntry[] {
  return db.all(stored(after, limit))
}

// Asked again and again, of every incident and run: a query of each shape is built once.
const shapes = new Map<string, ReturnType<typeof builtOnce<StoredEntry>>>()

export function findEntries(db: Database, ask: EntryQuery, keys?: Keys): Entry[] {
  const { after, before, kinds = [], incident, run, limit, newestFirst, bodies, walks } = ask
  const given = [after, before, incident, run, limit].map((one) => typeof one)
  const shape = [...given, ask.kinds?.length, newestFirst, bodies, walks].join()
  const built = shapes.get(shape) ?? builtOnce(entriesAsked(ask))
  shapes.set(shape, built)
  const parameters = [after, before, ...kinds, incident, run, limit].filter((one) => one !== undefined)
  return db.all(built(...parameters)).map((row) => entryOf(row, keys))
}

function entriesAsked(ask: EntryQuery) {
  let found = (ask.bodies === false ? withoutBodies() : withBodies()).orderBy(
    'entries.seq',
    ask.newestFirst ? 'desc' : 'asc',
  )
  if (ask.after !== undefined) found = found.where('entries.seq', '>', ask.after)
  if (ask.before !== undefined) found = found.where('entries.seq', '<', ask.before)
  if (ask.kinds !== undefined) found = found.where(ask.walks ? WALKED : 'kind', 'in', ask.kinds)
  if (ask.incident !== undefined) found = found.where('incident', '=', ask.incident)
  if (ask.run !== undefined) found = found.where('run', '=', ask.run)
  if (ask.limit !== undefined) found = found.limit(ask.limit)
  return found
}

/** A plus before a column keeps SQLite from its index, by which all entries of several kinds are sorted for every page. */
const WALKED = sql<EntryKind>`+kind`

/** Not for a record of any size: callers name a range or a limit. */
const withBodies = () =>
  query
    .selectFrom('entries')
    .leftJoin('payloads', 'payloads.seq', 'entries.seq')
    .selectAll('entries')
    .select(['body', 'key'])

const stored = builtOnce(withBodies().where('entries.seq', '>', 0).orderBy('entries.seq').limit(1))

const withoutBodies = () =>
  query
    .selectFrom('entries')
    .selectAll('entries')
    .select([sql<string | null>`null`.as('body'), sql<string | null>`null`.as('key')])

/** A body as it is stored under a key, or under none, with what is encrypted in it opened where that can be. */
export function bodyOf(text: string, key: string | null, keys: Keys | undefined): EntryBody {
  const body = JSON.parse(text) as EntryBody
  return key === null ? body : openBody(body, keys)
}

function entryOf(row: StoredEntry, keys: Keys | undefined): Entry {
  return {
    seq: row.seq,
    at: { wallMs: row.wall_ms, bootMs: row.boot_ms, bootId: row.boot_id },
    kind: row.kind,
    digest: row.digest,
    chain: row.chain,
    ...(row.incident !== null && { incident: row.incident }),
    ...(row.run !== null && { run: row.run }),
    ...(row.body !== null && { body: bodyOf(row.body, row.key, keys) }),
  }
}
