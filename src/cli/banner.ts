import type { OpenWindow } from '../domain/freeze-window.ts'
import type { Pause } from '../domain/ledger.ts'
import type { SourceStatus, Status } from '../domain/operator.ts'
import { listOf, printable } from './text.ts'
import { timeText } from './units.ts'

/** What can be said without the owner's own word: why it is missing, and what the record tells all the same. */
export type Unseen = {
  readonly unseen: string
  readonly record?: Status['record']
  readonly pause?: Pause
}

/**
 * The first line of everything, which one can trust: may Kintsugi write, can it see, is its record whole. What is not
 * known is called unknown.
 */
export function banner(status: Status | Unseen): string {
  const parts = 'unseen' in status ? unseenParts(status) : seenParts(status)
  const pause = status.pause ? [pauseText(status.pause)] : []
  const windows = 'openWindows' in status ? (status.openWindows ?? []).map(windowText) : []
  const ailing = 'self' in status ? (status.self?.ailments ?? []).map(({ what }) => `NOT WELL: ${printable(what)}`) : []
  return [...parts, ...ailing, ...pause, ...windows].join(' · ')
}

function seenParts({ mode, canWrite, sources, record }: Status): string[] {
  const targets = canWrite.length === 0 ? 'nothing' : listOf(canWrite, 5)
  return [mode.toUpperCase(), `can write: ${targets}`, sourcesText(sources), recordText(record)]
}

function unseenParts({ unseen, record }: Unseen): string[] {
  return [
    `UNKNOWN (${printable(unseen)})`,
    'can write: unknown',
    'sources unknown',
    record ? recordText(record) : 'record unknown',
  ]
}

function sourcesText(sources: readonly SourceStatus[]): string {
  if (sources.length === 0) return 'sources none'
  const blind = sources.filter(({ fresh }) => !fresh).map(({ name }) => name)
  const names = blind.length === 0 ? '' : ` (${listOf(blind, 3)} blind)`
  return `sources ${sources.length - blind.length}/${sources.length} fresh${names}`
}

function recordText({ ok, problem }: Status['record']): string {
  return ok ? 'record OK' : `record NOT OK: ${printable(problem ?? 'no reason given')}`
}

function windowText({ name, targets, until }: OpenWindow): string {
  const where = targets ? ` on ${listOf(targets, 3)}` : ''
  return `FREEZE WINDOW ${printable(name)}${where} until ${timeText(until)}`
}

function pauseText({ freeze, by, reason }: Pause): string {
  return `${freeze ? 'FROZEN' : 'PAUSED'} by ${printable(by)}: ${printable(reason)}`
}
