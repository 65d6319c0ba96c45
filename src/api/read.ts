import type { Entry, EntryKind } from '../domain/entry.ts'
import { foldIncident } from '../domain/incident-fold.ts'
import type { Incident } from '../domain/incident.ts'
import type { EntryQuery, RecordReader } from '../domain/ports.ts'
import { allEntries } from '../engine/all-entries.ts'
import type { Story } from '../domain/view.ts'
import type { RunStory } from './contract/incidents.ts'
import type { RecordPage } from './contract/record.ts'
import type { PageOf } from './contract/route.ts'

/** An incident with its entries, oldest first; undefined when the record knows none of that id. */
export async function incidentStory(reader: RecordReader, id: string): Promise<Story | undefined> {
  const entries = await allEntries(reader, { incident: id })
  const incident = foldIncident(entries)
  return incident && { incident, entries }
}

/** A run with its log, oldest first; undefined when the record knows none of that id. */
export async function runStory(reader: RecordReader, id: string): Promise<RunStory | undefined> {
  const entries = await allEntries(reader, { run: id })
  const incident = entries[0]?.incident
  if (incident === undefined) return undefined
  const run = (await reader.runs({ incident })).find((row) => row.run === id)
  return run && { run, entries }
}

/** The incidents of these ids, each folded from its entries; those that retention has pruned are left out. */
export async function incidentsOf(reader: RecordReader, ids: readonly string[]): Promise<Incident[]> {
  const found: Incident[] = []
  for (const id of ids) {
    const story = await incidentStory(reader, id)
    if (story) found.push(story.incident)
  }
  return found
}

/** One page of a list that is at hand whole, after the item that the cursor names; of the first where that one is gone. */
export function pageOf<Item>(
  items: Iterable<Item>,
  { after, limit }: { readonly after?: string; readonly limit: number },
  cursorOf: (item: Item) => string,
): PageOf<Item> {
  const first: Item[] = []
  let page = after === undefined ? first : undefined
  for (const item of items) {
    if (page && page.length > limit) break
    if (page) page.push(item)
    else if (cursorOf(item) === after) page = []
    else if (first.length <= limit) first.push(item)
  }
  const found = page ?? first
  return found.length > limit ? fullPage(found.slice(0, limit), limit, cursorOf) : { items: found }
}

/** A page that was asked for by its cursor: a full one may have another after it. */
export function fullPage<Item>(items: readonly Item[], limit: number, cursorOf: (item: Item) => string): PageOf<Item> {
  const last = items.at(-1)
  return last === undefined || items.length < limit ? { items } : { items, next: cursorOf(last) }
}

/** So many entries are searched for a text at once; then the caller is given what was found, and where to go on. */
const MOST_SEARCHED = 20_000
const SEARCHED_AT_ONCE = 500

/** One page of the record. */
export async function recordPage(reader: RecordReader, page: RecordPage): Promise<PageOf<Entry>> {
  const { limit, order, kind, incident, run, text } = page
  const kinds = kind?.split(',').slice(0, 50) as EntryKind[] | undefined
  const query: EntryQuery = {
    ...(kinds && { kinds }),
    ...(incident !== undefined && { incident }),
    ...(run !== undefined && { run }),
    newestFirst: order === 'newest',
  }
  const from = (cursor: number | undefined): EntryQuery => {
    if (cursor === undefined) return query
    return order === 'newest' ? { ...query, before: cursor } : { ...query, after: cursor }
  }
  const cursorOf = ({ seq }: Entry): string => String(seq)
  if (text === undefined) return fullPage(await reader.entries({ ...from(page.after), limit }), limit, cursorOf)
  const says = saying(text)
  const found: Entry[] = []
  let cursor = page.after
  for (let searched = 0; searched < MOST_SEARCHED; searched += SEARCHED_AT_ONCE) {
    const entries = await reader.entries({ ...from(cursor), limit: SEARCHED_AT_ONCE })
    for (const entry of entries) {
      cursor = entry.seq
      if (says(entry)) found.push(entry)
      if (found.length === limit) return { items: found, next: String(cursor) }
    }
    if (entries.length < SEARCHED_AT_ONCE) return { items: found }
    await new Promise(setImmediate)
  }
  return { items: found, next: String(cursor) }
}

/** Whether what an entry says holds a text, however its letters are written. */
function saying(text: string): (entry: Entry) => boolean {
  const wanted = text.toLowerCase()
  return ({ kind, incident, run, body }) => JSON.stringify([kind, incident, run, body]).toLowerCase().includes(wanted)
}
