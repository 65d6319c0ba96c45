import type { Basis } from '../../domain/basis.ts'
import type { EntryBody, NewEntry } from '../../domain/entry.ts'
import type { RecordPort } from '../../domain/ports.ts'
import type { Json } from '../../lib/json.ts'
import { shelf, type Shelve } from './parts.ts'

/** Writes down what a decision was made of, once it is known that the decision is written down. */
export type Account = (shelve: Shelve) => Basis

/**
 * What decisions were made of, by the decision itself: a verdict, a plan, a measure. Most of them are forgotten with it,
 * since what is decided again in the same way is not recorded again.
 */
const accounts = new WeakMap<object, Account>()

export function accountFor(decision: object, account: Account): void {
  accounts.set(decision, account)
}

/** So many parts are named by their digest alone, and for so long: then they are written down again, near who names them. */
const MOST_REMEMBERED = 2000
const REMEMBERED_MS = 3_600_000

/**
 * The record, writing down with each decision what it was made of. What many decisions read alike stands once, in an
 * entry of its own that closes the commit of the first of them.
 */
export function keepingBases(record: RecordPort): RecordPort {
  const shelved = new Map<string, number>()
  return {
    ...record,
    commit: async (commit) => {
      const { parts, shelve } = shelf()
      const entries = commit.entries.map((entry) => withBasis(entry, shelve))
      const now = commit.at.wallMs
      const isFresh = (at: number | undefined): boolean => at !== undefined && Math.abs(now - at) < REMEMBERED_MS
      const news = [...parts].filter(([digest]) => !isFresh(shelved.get(digest)))
      const seq = await record.commit({ ...commit, entries: [...entries, ...known(news)] })
      if (shelved.size > MOST_REMEMBERED) shelved.clear()
      for (const [digest] of news) shelved.set(digest, now)
      for (const { body } of commit.entries) for (const one of decisionsIn(body)) accounts.delete(one)
      return seq
    },
  }
}

function known(parts: readonly (readonly [string, () => Json])[]): NewEntry[] {
  if (parts.length === 0) return []
  return [{ body: { kind: 'known', parts: Object.fromEntries(parts.map(([digest, write]) => [digest, write()])) } }]
}

function withBasis(entry: NewEntry, shelve: Shelve): NewEntry {
  const fields = decisionsIn(entry.body).flatMap((one) => accounts.get(one)?.(shelve) ?? [])
  if (fields.length === 0) return entry
  const basis: Basis = Object.assign({}, ...fields)
  return { ...entry, body: { ...entry.body, basis } as EntryBody }
}

/** What was decided in an entry: each may have an account of what it was made of. */
function decisionsIn(body: EntryBody): readonly object[] {
  switch (body.kind) {
    case 'run-started':
      return [body.plan, ...(body.verdict ? [body.verdict] : [])]
    case 'not-run':
    case 'would-run':
      return [body.plan, body.verdict]
    case 'proposed':
      return [body.proposal.plan, body.proposal.verdict]
    case 'undo-started':
    case 'refused':
      return [body.verdict]
    case 'step-started':
      return body.verdict ? [body.verdict] : []
    case 'assessed':
      return [body.assessment.measure]
    default:
      return []
  }
}
