import type { Entry } from '../../domain/entry.ts'
import { UsageError } from '../../domain/errors.ts'
import type { RecordReader } from '../../domain/ports.ts'
import { knownParts, readKnown } from './known.ts'
import { deriveAgain, type Derivation, type Proving } from './prove.ts'

/** One entry, and what of it was derived again; nothing where it tells of no decision. */
export type Line = { readonly entry: Entry; readonly derived: readonly Derivation[] }

/** What the record alone says of a run or an incident, and whether every decision in it can be derived again. */
export type Account = {
  readonly incident: string
  /** Absent where the whole incident is told. */
  readonly run?: string
  readonly lines: readonly Line[]
  /** The entries outside the incident that hold what was read. */
  readonly readFrom: readonly number[]
  /** The versions that decided. */
  readonly versions: readonly string[]
}

/** Throws UsageError where the record knows no such run and no such incident. */
export async function accountOf(
  reader: Pick<RecordReader, 'entries'>,
  subject: string,
  rooms: Proving,
): Promise<Account> {
  const [own] = await reader.entries({ run: subject, limit: 1, bodies: false })
  const incident = own?.incident ?? subject
  const entries = await reader.entries({ incident })
  if (entries.length === 0) {
    throw new UsageError(`the record knows no run and no incident '${subject}'; kintsugi get runs lists them`)
  }
  const run = own && subject
  const told = run === undefined ? entries : entriesOf(run, entries)
  const known = await readKnown(reader, told)
  const derivations = Map.groupBy(deriveAgain(entries, knownParts(known), rooms), ({ seq }) => seq)
  const lines = told.map((entry): Line => ({ entry, derived: derivations.get(entry.seq) ?? [] }))
  return {
    incident,
    ...(run !== undefined && { run }),
    lines,
    readFrom: known.map(({ seq }) => seq).toSorted((a, b) => a - b),
    versions: await versionsOf(reader, told),
  }
}

/** What a run came from, and the run: the newest findings and causes before it, what was proposed, and its own log. */
function entriesOf(run: string, entries: readonly Entry[]): readonly Entry[] {
  const start = entries.find((entry) => entry.run === run && entry.body?.kind === 'run-started')
  const plan = start?.body?.kind === 'run-started' ? start.body.plan.id : ''
  const before = (kinds: readonly string[]): Entry | undefined =>
    entries.findLast(({ seq, kind }) => seq < (start?.seq ?? 0) && kinds.includes(kind))
  const cause = new Set([before(['incident-opened', 'incident-changed']), before(['diagnosed'])])
  return entries.filter((entry) => entry.run === run || cause.has(entry) || isAbout(plan, entry))
}

function isAbout(plan: string, { body }: Entry): boolean {
  return body?.kind === 'proposed' && body.proposal.plan.id === plan
}

/** Who owned the record while these entries were written. */
async function versionsOf(reader: Pick<RecordReader, 'entries'>, entries: readonly Entry[]): Promise<string[]> {
  const [first, last] = [entries[0]?.seq ?? 0, entries.at(-1)?.seq ?? 0]
  const kinds = ['owner-started'] as const
  const within = await reader.entries({ kinds, after: first, before: last })
  const begun = await reader.entries({ kinds, before: first, newestFirst: true, limit: 1 })
  return [
    ...new Set([...begun, ...within].flatMap(({ body }) => (body?.kind === 'owner-started' ? [body.version] : []))),
  ]
}
