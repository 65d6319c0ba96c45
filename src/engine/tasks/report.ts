import type { RecordPort, RecordReader } from '../../domain/ports.ts'
import type { Report } from '../../domain/report.ts'
import { lastDue, type Schedule } from '../../domain/schedule.ts'
import type { Clock } from '../../lib/clock.ts'
import { REPORTED, reportOf } from '../../learn/report.ts'
import { allEntries } from '../all-entries.ts'

const DAY_MS = 24 * 3_600_000

/** What the record says of a stretch of time. */
export async function reportFrom(
  record: RecordReader,
  span: { readonly from: number; readonly to: number },
): Promise<Report> {
  return reportOf(await allEntries(record, { kinds: REPORTED }), span)
}

/**
 * Writes the report of the day down, once it is due and has not been: the record is the outbox, so that channels tell it.
 * One that was missed while nobody ran is made late; of several only the newest.
 */
export async function reportWhenDue(
  { record, clock }: { readonly record: RecordPort; readonly clock: Clock },
  every: Schedule['every'] | undefined,
): Promise<void> {
  const to = every && lastDue({ every, jitterMs: 0 }, 0, clock.now())
  if (to === undefined || to <= (await toldUpTo(record))) return
  const report = await reportFrom(record, { from: to - DAY_MS, to })
  await record.commit({ at: clock.moment(), entries: [{ body: { kind: 'reported', report } }] })
}

/** The end of the last report; before the first, the beginning of the record: there is nothing to tell of before. */
async function toldUpTo(record: RecordPort): Promise<number> {
  const [last] = await record.entries({ kinds: ['reported'], newestFirst: true, limit: 1 })
  if (last) return last.body?.kind === 'reported' ? last.body.report.to : last.at.wallMs
  const [first] = await record.entries({ limit: 1 })
  return first?.at.wallMs ?? Infinity
}
