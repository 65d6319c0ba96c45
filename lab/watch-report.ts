import type { ResourceRef } from '../src/domain/resource.ts'

/** What was found, so long after the moment that its round counts from. */
export type FoundAfter = {
  readonly target: ResourceRef
  readonly signal: string
  readonly text: string
  readonly afterMs: number
}

/** How one fault was found where nothing but detectors looked. Times are milliseconds since the injection. */
export type WatchedFault = {
  readonly fault: string
  readonly target: ResourceRef
  /** After how long the first user felt it; null when none did. */
  readonly feltAfterMs: number | null
  /** Everything that was found while it lasted, oldest first. */
  readonly found: readonly FoundAfter[]
  /** What was found before it: false alarms. */
  readonly before: readonly FoundAfter[]
  /** Nobody is to touch the shop for what only a detector says. */
  readonly effects: number
}

/** Compressed days of healthy traffic; times are milliseconds since the first of them began, after the warm-up. */
export type WatchedDays = {
  readonly days: number
  readonly dayMs: number
  readonly falseAlarms: readonly FoundAfter[]
  readonly effects: number
}

export type WatchReport = {
  readonly seed: number
  readonly warmUpMs: number
  readonly lastsMs: number
  readonly faults: readonly WatchedFault[]
  readonly days: readonly WatchedDays[]
}

/** Every fault found, nothing found where nothing was, nothing touched. */
export function isWatchGood({ faults, days }: WatchReport): boolean {
  const wentWell = ({ found, before, effects }: WatchedFault): boolean =>
    found.length > 0 && before.length === 0 && effects === 0
  return faults.every(wentWell) && days.every((one) => one.falseAlarms.length === 0 && one.effects === 0)
}

/** The table for people. */
export function watchTableOf({ faults, days }: WatchReport): string {
  const rows = faults.map((one) => [
    one.fault,
    nameOf(one.target),
    seconds(one.feltAfterMs),
    seconds(one.found[0]?.afterMs),
    seconds(one.found.find(({ target }) => target === one.target)?.afterMs),
    one.found[0] ? `${one.found[0].signal}, ${nameOf(one.found[0].target)}` : 'NOT FOUND',
    String(one.before.length),
  ])
  const head = ['fault', 'on', 'felt', 'found', 'on target', 'first', 'before']
  return [...aligned([head, ...rows]), ...days.flatMap(daysLines)].join('\n')
}

/** One line for the end of a round. */
export function watchLine({ fault, target, found, before }: WatchedFault): string {
  const [first] = found
  const what = first ? `found after ${seconds(first.afterMs)} by ${first.signal}, ${nameOf(first.target)}` : 'NOT FOUND'
  return `${fault} ${nameOf(target)}, ${what}, ${before.length} false alarms before`
}

/** What became of the days, and each false alarm. */
export function daysLines({ days, dayMs, falseAlarms }: WatchedDays): string[] {
  const head = `${days} days of ${dayMs / 1000} s: ${falseAlarms.length} false alarms`
  const each = falseAlarms.map((one) => `  ${seconds(one.afterMs)} ${nameOf(one.target)} ${one.signal}: ${one.text}`)
  return [head, ...each]
}

const LONGEST = 70

function aligned(rows: readonly (readonly string[])[]): string[] {
  const cut = rows.map((row) => row.map((cell) => (cell.length > LONGEST ? `${cell.slice(0, LONGEST - 1)}…` : cell)))
  const widths = cut[0]?.map((_, i) => Math.max(...cut.map((row) => row[i]?.length ?? 0))) ?? []
  return cut.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

const nameOf = (target: ResourceRef): string => target.split('/').pop() ?? target
const seconds = (ms: number | null | undefined): string =>
  ms === null || ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`
