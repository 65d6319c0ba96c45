import type { Entry } from '../domain/entry.ts'
import { UsageError } from '../domain/errors.ts'
import type { EntryQuery, RecordReader } from '../domain/ports.ts'
import type { Api } from './contract.ts'
import { PAGE_LIMIT, type PageOf, type Paging } from './contract/route.ts'

/** The record of a Kintsugi elsewhere, read through its API: what reads a record here reads one there. */
export function remoteReader(owner: Api): RecordReader {
  return {
    entries: (query) => entriesOf(owner, query),
    ledger: (target) => owner.ledger({ target }),
    openRuns: async () => {
      const rows = await pages({}, (page) => owner.runs(page))
      return rows.filter(({ endedAt }) => endedAt === undefined).toReversed()
    },
    runs: ({ incident, ...query }) =>
      pages(query, (page) => owner.runs({ ...page, ...(incident !== undefined && { incident }) })),
    openIncidents: async () => {
      const open = await pages({}, (page) => owner.incidents({ ...page, state: 'open' }))
      return open.map(({ id }) => id).toReversed()
    },
    incidents: async ({ state, ...query }) => {
      const found = await pages(query, (page) => owner.incidents({ ...page, state: state ?? 'all' }))
      return found.map(({ id }) => id)
    },
    proposals: async ({ proposal, state, incident, ...query }) => {
      if (proposal !== undefined) return [await owner.proposal({ id: proposal })]
      return pages(query, (page) =>
        owner.proposals({ ...page, state: state ?? 'open', ...(incident !== undefined && { incident }) }),
      )
    },
    attempts: () => onlyThere('all attempts'),
    alerts: () => onlyThere('how alerts are kept'),
  }
}

/** What only its owner needs to know. */
async function onlyThere(what: string): Promise<never> {
  throw new UsageError(`cannot read ${what} from elsewhere: the owner alone can`)
}

type Asked = { readonly limit?: number; readonly after?: string }

/** Pages until there are as many items as asked for, or no more. */
async function pages<Item>(
  { limit = Infinity, after }: Asked,
  ask: (page: Paging) => Promise<PageOf<Item>>,
): Promise<Item[]> {
  const found: Item[] = []
  let cursor = after
  do {
    const size = Math.min(PAGE_LIMIT, limit - found.length)
    const { items, next } = await ask({ limit: size, ...(cursor !== undefined && { after: cursor }) })
    found.push(...items)
    cursor = next
  } while (cursor !== undefined && found.length < limit)
  return found
}

/** Newest first they go on before `before`, else after `after`; the other end of a range is not asked for anywhere. */
function entriesOf(owner: Api, query: EntryQuery): Promise<Entry[]> {
  const { newestFirst = false, after, before, kinds, incident, run, limit } = query
  const from = newestFirst ? before : after
  const asked = { ...(limit !== undefined && { limit }), ...(from !== undefined && { after: String(from) }) }
  return pages(asked, ({ after: cursor, limit: size }) =>
    owner.record({
      limit: size,
      order: newestFirst ? 'newest' : 'oldest',
      ...(cursor !== undefined && { after: Number(cursor) }),
      ...(kinds && { kind: kinds.join() }),
      ...(incident !== undefined && { incident }),
      ...(run !== undefined && { run }),
    }),
  )
}
