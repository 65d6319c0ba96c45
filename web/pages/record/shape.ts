import { isEntryKind } from '../../../src/domain/entry-kinds.ts'
import type { EntryKind } from '../../../src/domain/entry.ts'
import type { RecordQuery } from '../../api.ts'

/** What is looked for; it stands in the URL. `from`: only this entry and older ones. */
export type RecordFilter = {
  readonly kind?: EntryKind
  readonly incident: string
  readonly run: string
  readonly text: string
  readonly from?: number
}

/** Unknown kinds, and numbers that no entry can have, are none. */
export function filterFrom(search: string): RecordFilter {
  const params = new URLSearchParams(search)
  const kind = params.get('kind') ?? ''
  const from = params.get('from') ?? ''
  return {
    ...(isEntryKind(kind) && { kind }),
    incident: params.get('incident') ?? '',
    run: params.get('run') ?? '',
    text: params.get('q') ?? '',
    ...(isSeq(from) && { from: Number(from) }),
  }
}

const isSeq = (text: string): boolean => /^[1-9]\d{0,14}$/.test(text)

/** What the server is asked for: the newest first, from the entry `top` on. */
export function queryOf({ kind, incident, run, text }: RecordFilter, top: number): RecordQuery {
  return {
    order: 'newest',
    after: String(top + 1),
    ...(kind && { kind }),
    ...(incident !== '' && { incident }),
    ...(run !== '' && { run }),
    ...(text !== '' && { text }),
  }
}

/** The search part of the URL without its question mark; empty for no filter. */
export function searchOf({ kind, incident, run, text, from }: RecordFilter): string {
  return new URLSearchParams({
    ...(kind && { kind }),
    ...(incident !== '' && { incident }),
    ...(run !== '' && { run }),
    ...(text !== '' && { q: text }),
    ...(from !== undefined && { from: String(from) }),
  }).toString()
}

/** The number that was typed, as the filter has it; undefined for nothing, or for what is no number of an entry. */
export function seqFrom(typed: string): number | undefined {
  return isSeq(typed.trim()) ? Number(typed.trim()) : undefined
}

/** The first entry that a problem of a verification names, such as `entry 12 (held): ...`; undefined where it names none. */
export function entryNamedIn(problem: string): number | undefined {
  const [, seq] = /^(?:after )?entry (\d+)/.exec(problem) ?? []
  return seq === undefined ? undefined : Number(seq)
}
