import { isKnownRef } from '../../domain/basis.ts'
import type { Entry } from '../../domain/entry.ts'
import type { RecordReader } from '../../domain/ports.ts'
import type { Json } from '../../lib/json.ts'
import { takenFrom } from './parts.ts'
import type { KnownPart } from './prove.ts'

/** The parts that these entries hold. One that is not what its digest was taken of is not there. */
export function knownParts(entries: Iterable<Pick<Entry, 'body'>>): KnownPart {
  const parts = new Map<string, Json>()
  for (const { body } of entries) {
    if (body?.kind !== 'known') continue
    for (const [digest, plain] of Object.entries(body.parts)) parts.set(digest, plain)
  }
  return (digest) => {
    const plain = parts.get(digest)
    return plain === undefined ? undefined : takenFrom(plain, digest)
  }
}

const PAGE = 50
/** A part is written down again after an hour; so much longer before the decision nobody looks for it. */
const LONGEST_MS = 2 * 3_600_000

/** Looks up the parts that the entries name, newest first, and answers the entries that hold them. */
export async function readKnown(
  reader: Pick<RecordReader, 'entries'>,
  entries: readonly Entry[],
): Promise<readonly Entry[]> {
  const wanted = new Set(entries.flatMap(({ body }) => (body ? [...refsIn(body)] : [])))
  const oldest = Math.min(...entries.map(({ at }) => at.wallMs)) - LONGEST_MS
  const last = entries.at(-1)?.seq ?? 0
  const found: Entry[] = []
  // Parts close the commit of the first decision that names them.
  for (let before = last + PAGE; wanted.size > 0;) {
    const page = await reader.entries({ kinds: ['known'], newestFirst: true, before, limit: PAGE })
    for (const entry of page) {
      const named = entry.body?.kind === 'known' ? Object.keys(entry.body.parts) : []
      if (named.some((digest) => wanted.delete(digest))) found.push(entry)
      for (const digest of named) wanted.delete(digest)
    }
    const end = page.at(-1)
    if (!end || end.at.wallMs < oldest) break
    before = end.seq
  }
  return found
}

function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  if (isKnownRef(value as Json)) yield (value as { readonly $known: string }).$known
  else for (const one of Object.values(value)) yield* refsIn(one)
}
