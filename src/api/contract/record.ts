import { z } from 'zod'
import type { Entry, EntryKind } from '../../domain/entry.ts'
import type { Ledger } from '../../domain/ledger.ts'
import { ResourceRef } from '../../domain/resource.ts'
import type { Report } from '../../domain/report.ts'
import type { Statistics } from '../../learn/statistics.ts'
import { EntryAnswer, LedgerAnswer } from '../answers.ts'
import { get, id, limit, none, pageOf, type Needs, type Nothing, type PageOf, type Route } from './route.ts'

/** `kind` may be several, with commas between; `text` is looked for in what entries say. */
export type RecordPage = {
  readonly after?: number
  readonly limit: number
  readonly order: 'oldest' | 'newest'
  readonly kind?: string
  readonly incident?: string
  readonly run?: string
  readonly text?: string
}
export type RecordCheck = {
  readonly ok: boolean
  readonly entries: number
  /** Those of them whose body retention has pruned. */
  readonly pruned: number
  /** The chain value of the last entry. */
  readonly head: string
  readonly problem?: string
}

export type RecordRoutes = {
  readonly record: Route<RecordPage, PageOf<Entry>>
  readonly verify: Route<Nothing, RecordCheck>
  readonly ledger: Route<{ readonly target: ResourceRef }, Ledger>
  readonly stats: Route<{ readonly days: number }, Statistics>
  readonly report: Route<{ readonly hours: number }, Report>
}

const EVENT = z.object({
  seq: z.number(),
  kind: z.string() as unknown as z.ZodType<EntryKind>,
  at: z.number(),
  incident: z.string().exactOptional(),
  run: z.string().exactOptional(),
})

/** What the stream of events says of one entry: that it is there, not what it holds. `at` is in epoch milliseconds. */
export type FeedEvent = {
  readonly seq: number
  readonly kind: EntryKind
  readonly at: number
  readonly incident?: string
  readonly run?: string
}
export const FeedEvent: z.ZodType<FeedEvent> = EVENT

/** The one route that answers with a stream: server-sent events, `id: SEQ`, data a {@link FeedEvent}. */
export const EVENTS: { readonly path: string; readonly role: Needs } = { path: '/api/v1/events', role: 'viewer' }

const seq = z.coerce.number().int().min(0)

export const recordRoutes: RecordRoutes = {
  record: get(
    '/record',
    'Entries of the record, oldest first unless asked otherwise. A page may be short and still have a next: searching a text goes on there',
    z.strictObject({
      after: seq.exactOptional(),
      limit,
      order: z.enum(['oldest', 'newest']).default('oldest'),
      kind: z.string().min(1).max(1000).exactOptional(),
      incident: id.exactOptional(),
      run: id.exactOptional(),
      text: z.string().min(1).max(200).exactOptional(),
    }),
    pageOf(EntryAnswer),
  ),
  verify: get(
    '/record/verify',
    'Recompute every digest and link of the chain',
    none,
    z.looseObject({
      ok: z.boolean(),
      entries: z.number(),
      pruned: z.number(),
      head: z.string(),
      problem: z.string().exactOptional(),
    }),
  ),
  ledger: get(
    '/ledger',
    'What counts against acting on a target: locks, attempts, holds, latches, the pause',
    z.strictObject({ target: ResourceRef }),
    LedgerAnswer,
  ),
  stats: get(
    '/stats',
    'Time to detect, to locate and to repair, success of each remedy, noise',
    z.strictObject({ days: z.coerce.number().int().min(1).max(3650).default(30) }),
    z.looseObject({ remedies: z.array(z.looseObject({ remedy: z.string() })) }) as unknown as z.ZodType<Statistics>,
  ),
  report: get(
    '/report',
    'What would have been done, what others did, what ended alone, which alerts name a target',
    z.strictObject({ hours: z.coerce.number().int().min(1).max(87_600).default(24) }),
    z.looseObject({ wouldHave: z.array(z.looseObject({ incident: z.string() })) }) as unknown as z.ZodType<Report>,
  ),
}
