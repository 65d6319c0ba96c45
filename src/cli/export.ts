import type { Entry, EntryKind } from '../domain/entry.ts'
import type { RecordReader } from '../domain/ports.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import { canonical } from '../lib/json.ts'
import { digestOf } from '../store/hash.ts'
import { harmless } from './text.ts'

/** Bodies may be large; so many of them are in memory at once. */
const PAGE = 200
/** Entries without bodies. */
const SKIP_PAGE = 1000

/** What is exported; everything where nothing is named. */
export type ExportQuery = {
  readonly sinceMs?: number
  readonly kinds?: readonly EntryKind[]
  /** A person, by name or identity. */
  readonly by?: string
}

/** The entries as lines of JSON, oldest first, a page of them at a time. */
export async function* exportPages(
  reader: RecordReader,
  { sinceMs = Infinity, kinds, by }: ExportQuery,
  now: Moment,
): AsyncGenerator<string> {
  const isAsked = ({ at }: Entry): boolean => elapsedMs(at, now) <= sinceMs
  const asked = kinds ? { kinds } : {}
  let after = sinceMs === Infinity ? 0 : await lastBefore(reader, asked, isAsked)
  for (;;) {
    const page = await reader.entries({ ...asked, after, limit: PAGE })
    const text = page
      .filter((entry) => isAsked(entry) && (by === undefined || isBy(entry, by)))
      .map((entry) => `${lineOf(entry)}\n`)
      .join('')
    if (text !== '') yield text
    after = page.at(-1)?.seq ?? after
    if (page.length < PAGE) return
  }
}

/**
 * The number of the last entry before the first that is asked for: no body before it need be read. From the front, since
 * after a clock that was set back older moments may follow newer ones.
 */
async function lastBefore(
  reader: RecordReader,
  asked: Pick<ExportQuery, 'kinds'>,
  isAsked: (entry: Entry) => boolean,
): Promise<number> {
  for (let after = 0; ;) {
    const page = await reader.entries({ ...asked, after, limit: SKIP_PAGE, bodies: false })
    const first = page.find(isAsked)
    if (first) return first.seq - 1
    after = page.at(-1)?.seq ?? after
    if (page.length < SKIP_PAGE) return after
  }
}

/** Whether that person did it, or said the yes that it goes by. */
function isBy({ body }: Entry, name: string): boolean {
  if (!body) return false
  const approval = body.kind === 'run-started' ? body.approval : undefined
  const announcement = body.kind === 'announced' ? body.announcement : undefined
  const doers = [body, approval, approval?.first, announcement] as readonly (
    | { readonly by?: string; readonly person?: string }
    | undefined
  )[]
  return doers.some((one) => one?.by === name || one?.person === name)
}

/** One entry; every line has every name, null where there is nothing. */
function lineOf({ seq, at, kind, incident, run, body, digest, chain }: Entry): string {
  const line = {
    seq,
    at: new Date(at.wallMs).toISOString(),
    bootMs: at.bootMs,
    bootId: at.bootId,
    kind,
    incident: incident ?? null,
    run: run ?? null,
    body: body ?? null,
    digest,
    chain,
    // Then the digest is of more than stands here.
    ...(body && digestOf(canonical(body)) !== digest && { redacted: true }),
  }
  return harmless(JSON.stringify(line))
}
