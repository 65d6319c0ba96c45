import { hash } from 'node:crypto'
import { canonical } from '../lib/json.ts'
import type { EntryRow } from './tables.ts'

/** What the first entry chains to. */
export const GENESIS: string = '0'.repeat(64)

/** SHA-256 over a body's canonical JSON, as hex. */
export function digestOf(canonicalBody: string): string {
  return hash('sha256', canonicalBody)
}

/** The chain value of an entry: SHA-256 over the chain value before it, its header and its digest. */
export function chainOf(previous: string, row: Omit<EntryRow, 'chain'>): string {
  const { seq, wall_ms, boot_ms, boot_id, kind, incident, run, digest } = row
  return hash('sha256', canonical([previous, seq, wall_ms, boot_ms, boot_id, kind, incident, run, digest]))
}
