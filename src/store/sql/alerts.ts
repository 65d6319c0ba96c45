import type { EntryBody } from '../../domain/entry.ts'
import type { KeptAlerts } from '../../domain/ports.ts'
import type { Database } from '../database.ts'
import { builtOnce, query } from '../tables.ts'

const keepNewest = builtOnce(
  query
    .insertInto('alerts')
    .columns(['seq'])
    .expression(
      query
        .selectFrom('entries')
        .select((x) => x.fn.max('seq').as('seq'))
        .where('kind', '=', 'alerts-received'),
    ),
)

/** Keeps the `alerts-received` just appended, and forgets the dropped ones. */
export function keepAlerts(db: Database, dropped: readonly number[]): void {
  db.run(keepNewest('alerts-received'))
  for (const seq of dropped) db.run(query.deleteFrom('alerts').where('seq', '=', seq))
}

/** The entries that still count, oldest first. */
export function keptAlerts(db: Database): KeptAlerts[] {
  const rows = db.all(
    query
      .selectFrom('alerts')
      .innerJoin('payloads', 'payloads.seq', 'alerts.seq')
      .select(['alerts.seq', 'payloads.body'])
      .orderBy('alerts.seq'),
  )
  return rows.map(({ seq, body }) => {
    const { alerts } = JSON.parse(body) as Extract<EntryBody, { kind: 'alerts-received' }>
    return { seq, alerts }
  })
}
