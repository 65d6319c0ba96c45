import { setImmediate } from 'node:timers/promises'
import { messageOf } from '../domain/errors.ts'
import { canonical } from '../lib/json.ts'
import { snapshot, type Database } from './database.ts'
import { chainOf, digestOf, GENESIS } from './hash.ts'
import { headChecker, type PublishedHead } from './heads.ts'
import { openReadOnly } from './reader.ts'
import { sealBody } from './retention.ts'
import { storedEntries, type StoredEntry, type Tail } from './sql/entries.ts'
import { keptSegments, lastDropped, lastSegment, type Segment } from './sql/segments.ts'

const CHUNK = 1000
const MOST_PROBLEMS = 20

export type Verification = {
  readonly ok: boolean
  /** Entries checked, and those among them whose body retention has pruned. */
  readonly entries: number
  readonly pruned: number
  /** Sealed segments whose entries are here. */
  readonly segments: number
  /** The first entry that is still here; 0 for an empty record. */
  readonly firstSeq: number
  /** The chain value of the last entry: equal heads mean equal records. */
  readonly head: string
  /** The first twenty things that are wrong, each with its entry. */
  readonly problems: readonly string[]
}

/**
 * Recomputes every digest and the chain, also while the owner runs: entries are read in short transactions. Takes a
 * data folder or the file of a backup, and heads that were published of it. Throws TerminalError where there is no record that this version can read.
 */
export function verifyRecord(
  place: string,
  options: {
    readonly onProgress?: (entries: number) => void
    readonly heads?: readonly PublishedHead[]
  } = {},
): Verification {
  const db = openReadOnly(place)
  try {
    const steps = checking(db, options.heads)
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
      options.onProgress?.(step.value)
    }
  } finally {
    db.close()
  }
}

/** As {@link verifyRecord}, with a turn for everybody else after each thousand entries: for a process that has more to do. */
export async function verifyRecordBeside(place: string): Promise<Verification> {
  const db = openReadOnly(place)
  try {
    const steps = checking(db)
    for (;;) {
      const step = steps.next()
      if (step.done) return step.value
      await setImmediate()
    }
  } finally {
    db.close()
  }
}

/** Checks in steps, and says after each how many entries it has come through. */
function* checking(db: Database, heads: readonly PublishedHead[] = []): Generator<number, Verification> {
  const problems: string[] = []
  const published = headChecker(heads)
  let [entries, pruned, segments, firstSeq] = [0, 0, 0, 0]
  let end: Tail = { seq: 0, chain: GENESIS }
  try {
    for (;;) {
      const chunk = readChunk(db, end)
      end = chunk.from
      problems.push(...published.passing(end.seq, end.chain))
      if (chunk.rows.length === 0) break
      firstSeq ||= chunk.rows[0]?.seq ?? 0
      for (const row of chunk.rows) {
        problems.push(...problemsOf(row, end, chunk), ...published.passing(row.seq, row.chain))
        if (row.body === null) pruned++
        end = row
      }
      entries += chunk.rows.length
      yield entries
      if (problems.length >= MOST_PROBLEMS) break
    }
    if (problems.length < MOST_PROBLEMS) problems.push(...published.left(end.seq))
    segments = keptSegments(db).length
  } catch (thrown) {
    problems.push(`after entry ${end.seq}: cannot be read: ${messageOf(thrown)}`)
  }
  const found = problems.slice(0, MOST_PROBLEMS)
  return { ok: found.length === 0, entries, pruned, segments, firstSeq, head: end.chain, problems: found }
}

type Chunk = {
  /** Where the chain stands before the first row: what was checked last, or the head of what has been dropped since. */
  readonly from: Tail
  readonly rows: readonly StoredEntry[]
  readonly seals: ReadonlyMap<number, Segment>
  readonly sealedUpTo: number
}

function readChunk(db: Database, checked: Tail): Chunk {
  return snapshot(db, () => {
    const dropped = lastDropped(db)
    const from = dropped && dropped.lastSeq > checked.seq ? { seq: dropped.lastSeq, chain: dropped.head } : checked
    const seals = new Map([...(dropped ? [dropped] : []), ...keptSegments(db)].map((segment) => [segment.seq, segment]))
    return { from, rows: storedEntries(db, from.seq, CHUNK), seals, sealedUpTo: lastSegment(db)?.lastSeq ?? 0 }
  })
}

function problemsOf(row: StoredEntry, before: Tail, { seals, sealedUpTo }: Chunk): string[] {
  const problems: string[] = []
  const wrong = (what: string): void => void problems.push(`entry ${row.seq} (${row.kind}): ${what}`)
  if (row.seq !== before.seq + 1) wrong(`follows entry ${before.seq}: what was between them is missing`)
  const { body, chain, ...header } = row
  if (chainOf(before.chain, header) !== chain) {
    wrong('its chain value does not follow from its header and the entry before it')
  }
  if (body !== null && digestOf(body) !== row.digest) wrong('its body is not the one its digest was taken of')
  if (body === null && row.seq > sealedUpTo) wrong('its body is missing, and its segment is not sealed')
  if (row.kind === 'segment-sealed') {
    const segment = seals.get(row.seq)
    const says = segment && digestOf(canonical(sealBody(segment))) === row.digest
    if (!says) wrong('the table of segments does not say what this entry sealed')
    if (segment?.lastSeq === before.seq && segment.head !== before.chain) wrong('it sealed another head')
  }
  return problems
}
