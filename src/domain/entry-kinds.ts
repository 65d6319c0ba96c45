import type { EntryKind } from './entry.ts'

/** Every kind once, or this does not compile; in the order in which an incident goes. */
const KINDS: Readonly<Record<EntryKind, true>> = {
  'owner-started': true,
  'config-loaded': true,
  'alerts-received': true,
  'incident-opened': true,
  'incident-changed': true,
  diagnosed: true,
  charted: true,
  decided: true,
  'not-run': true,
  'would-run': true,
  proposed: true,
  known: true,
  endorsed: true,
  approved: true,
  'proposal-ended': true,
  'run-started': true,
  'step-started': true,
  'step-succeeded': true,
  'step-failed': true,
  refused: true,
  compared: true,
  assessed: true,
  'undo-started': true,
  'undo-finished': true,
  'undo-failed': true,
  'run-ended': true,
  'incident-closed': true,
  acknowledged: true,
  'taken-over': true,
  'marked-wrong': true,
  'access-refused': true,
  paged: true,
  notified: true,
  paused: true,
  resumed: true,
  ailing: true,
  recovered: true,
  'change-seen': true,
  held: true,
  announced: true,
  'announcement-ended': true,
  'storm-began': true,
  'storm-ended': true,
  latched: true,
  released: true,
  reported: true,
  'segment-sealed': true,
}

export const ENTRY_KINDS: readonly EntryKind[] = Object.keys(KINDS) as EntryKind[]

/** What people did, and what they asked and may not. */
export const PEOPLE_KINDS: readonly EntryKind[] = [
  ...(['config-loaded', 'approved', 'endorsed', 'proposal-ended', 'run-started', 'acknowledged'] as const),
  ...(['taken-over', 'marked-wrong', 'access-refused', 'paused', 'resumed', 'held', 'released'] as const),
  ...(['announced', 'announcement-ended'] as const),
]

export const isEntryKind = (word: string): word is EntryKind => Object.hasOwn(KINDS, word)
