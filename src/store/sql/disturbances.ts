import type { Selectable } from 'kysely'
import { RATE_MS } from '../../domain/disturbance.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { Disturbance, Write } from '../../domain/ledger.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { elapsedMs, type Moment } from '../../lib/clock.ts'
import type { Database } from '../database.ts'
import { builtOnce, momentOf, momentText, NOBODY, query, type Tables } from '../tables.ts'

/** Charges a disturbance; refused when another was charged since the gates looked. One of that name goes on, or again. */
export function chargeDisturbance(
  db: Database,
  { disturbance, seen }: Extract<Write, { do: 'charge' }>,
  at: Moment,
): void {
  const { id: name, actor, by, reason, target, owner, share, instances, lasting, shadow, forMs } = disturbance
  const last = lastDisturbance(db)
  if (seen !== undefined && seen !== last) {
    throw new ConflictError(`cannot charge '${name}': the newest disturbance is ${last}, the gates saw ${seen}`)
  }
  const endsMs = forMs === undefined ? null : Math.ceil(forMs)
  const what = [name, actor, by, reason, target, owner, share, JSON.stringify(instances), Number(lasting)]
  db.run(charge(...what, Number(shadow), momentText(at), endsMs, null, null))
  forget(db, at)
}

const charge = builtOnce(
  query
    .insertInto('disturbances')
    .values({
      name: '',
      actor: 'repair',
      by: '',
      reason: '',
      target: NOBODY,
      owner: NOBODY,
      share: 0,
      instances: '',
      lasting: 0,
      shadow: 0,
      since: '',
      for_ms: null,
      ended_at: null,
    })
    .onConflict((same) => same.column('name').doUpdateSet({ ended_at: null })),
)

/** What has been over for as long as effects are counted, by a clock that nobody can set forward. */
function forget(db: Database, at: Moment): void {
  const old = db.all(everything()).filter(({ since, for_ms, ended_at }) => {
    if (ended_at !== null) return elapsedMs(momentOf(since), at) >= RATE_MS
    return for_ms !== null && elapsedMs(momentOf(since), at) >= Math.max(RATE_MS, for_ms)
  })
  for (const { id } of old) db.run(query.deleteFrom('disturbances').where('id', '=', id))
}

/** Ends one disturbance; without an id, all of the same maker that are not lasting. */
export function settleDisturbances(db: Database, { by, id }: Extract<Write, { do: 'settle' }>, at: Moment): void {
  db.run(id === undefined ? settlePassing(momentText(at), by, 0) : settleNamed(momentText(at), by, id))
}

/** Ends all that somebody disturbs. */
export function settleAll(db: Database, by: string, at: Moment): void {
  db.run(settleEach(momentText(at), by))
}

const settle = query
  .updateTable('disturbances')
  .set({ ended_at: '' })
  .where('by', '=', '')
  .where('ended_at', 'is', null)
const settleEach = builtOnce(settle)
const settlePassing = builtOnce(settle.where('lasting', '=', 0))
const settleNamed = builtOnce(settle.where('name', '=', ''))

const everything = builtOnce(query.selectFrom('disturbances').selectAll().orderBy('id'))
const newest = builtOnce(query.selectFrom('disturbances').select('id').orderBy('id', 'desc').limit(1))

/** Oldest first. */
export function allDisturbances(db: Database): Disturbance[] {
  return db.all(everything()).map(disturbanceOf)
}

/** The newest disturbance; 0 for none. */
export function lastDisturbance(db: Database): number {
  return db.first(newest(1))?.id ?? 0
}

function disturbanceOf(row: Selectable<Tables['disturbances']>): Disturbance {
  const { name, actor, by, reason, target, owner, share, instances, lasting, shadow, since, for_ms, ended_at } = row
  return {
    id: name,
    actor,
    by,
    reason,
    target,
    owner,
    share,
    instances: JSON.parse(instances) as ResourceRef[],
    lasting: lasting === 1,
    shadow: shadow === 1,
    since: momentOf(since),
    ...(for_ms !== null && { forMs: for_ms }),
    ...(ended_at !== null && { endedAt: momentOf(ended_at) }),
  }
}
