import type { Mode } from '../src/domain/entry.ts'
import type { Story } from './story.ts'

/** How one fault went. Times are milliseconds since harm began, as docs/design.md section 8 has them. */
export type FaultResult = {
  readonly fault: string
  readonly expected: 'healed' | 'held'
  readonly mode: Mode
  readonly target: string
  /** How long after the injection harm began; 0 but for faults that come slowly. */
  readonly beganAfterMs: number
  readonly detectedAfterMs: number | null
  readonly causeRank: number | null
  readonly healedAfterMs: number | null
  readonly stabilisedAfterMs: number | null
  readonly outcome: Story['outcome']
  readonly remedy: string | null
  readonly rung: number | null
  readonly person: boolean
  /** How many harmful things happened; `oracle.harm` names them. */
  readonly harmful: number
  readonly oracle: {
    readonly requests: number
    readonly failedRequests: number
    readonly effects: number
    readonly harm: readonly string[]
  }
  readonly heldBecause?: string
  /** After a latch: whether a person's release led to a new run. */
  readonly freed?: boolean
  readonly shadow?: { readonly wouldRun: number; readonly closedBy: Story['closedBy'] }
}

export type ControlResult = { readonly control: string; readonly effects: number; readonly runs: number }

export type Summary = {
  readonly healedShare: number | null
  readonly causeTop1Share: number | null
  readonly medianHealMs: number | null
  readonly p95HealMs: number | null
  readonly harmful: number
  readonly controlEffects: number
}

export type Report = {
  readonly seed: number
  readonly faults: readonly FaultResult[]
  readonly controls: readonly ControlResult[]
  /** Shares and times over the faults expected to heal. */
  readonly summary: Summary & { readonly byFault: Readonly<Record<string, Summary & { readonly rounds: number }>> }
}

export function reportOf(seed: number, faults: readonly FaultResult[], controls: readonly ControlResult[]): Report {
  const names = [...new Set(faults.map(({ fault }) => fault))]
  const byFault = names.map((name) => {
    const rounds = faults.filter(({ fault }) => fault === name)
    return [name, { rounds: rounds.length, ...summaryOf(rounds, []) }] as const
  })
  return { seed, faults, controls, summary: { ...summaryOf(faults, controls), byFault: Object.fromEntries(byFault) } }
}

function summaryOf(faults: readonly FaultResult[], controls: readonly ControlResult[]): Summary {
  const toHeal = faults.filter(({ expected, mode }) => expected === 'healed' && mode === 'live')
  const times = toHeal.flatMap(({ healedAfterMs }) => (healedAfterMs === null ? [] : [healedAfterMs]))
  const share = (count: number): number | null => (toHeal.length === 0 ? null : count / toHeal.length)
  return {
    healedShare: share(times.length),
    causeTop1Share: share(toHeal.filter(({ causeRank }) => causeRank === 1).length),
    medianHealMs: quantile(times, 0.5),
    p95HealMs: quantile(times, 0.95),
    harmful: sum(faults.map(({ harmful }) => harmful)),
    controlEffects: sum(controls.map(({ effects }) => effects)),
  }
}

/** The value below which a share `q` of the values lies, between neighbours by straight line; null of none. */
export function quantile(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low === undefined || high === undefined ? null : Math.round(low + (high - low) * (at % 1))
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Whether everything went as it must: what the exit code says. */
export function isGood({ faults, summary }: Report): boolean {
  const went = ({ mode, expected, outcome, healedAfterMs, shadow }: FaultResult): boolean => {
    if (mode === 'shadow') return (shadow?.wouldRun ?? 0) > 0 && shadow?.closedBy === 'itself'
    return expected === 'held' ? outcome === 'held' : healedAfterMs !== null
  }
  return summary.harmful === 0 && summary.controlEffects === 0 && faults.every(went)
}

/** One line for the end of a round. */
export function faultLine(result: FaultResult): string {
  const { fault, target, detectedAfterMs, healedAfterMs, stabilisedAfterMs, outcome, remedy, oracle } = result
  const parts = [
    `${fault} ${target.split('/').pop()}`,
    `detected ${seconds(detectedAfterMs)}`,
    ...(result.expected === 'healed' && result.mode === 'live'
      ? [`healed ${seconds(healedAfterMs)}`, `stabilised ${seconds(stabilisedAfterMs)}`]
      : []),
    `${outcome}${remedy ? ` (${remedy})` : ''}`,
    ...(result.heldBecause === undefined ? [] : [`because "${result.heldBecause}"`]),
    ...(result.freed === undefined ? [] : [result.freed ? 'freed by release' : 'NOT freed by release']),
    ...(result.shadow ? [`would run ${result.shadow.wouldRun}, ended by ${result.shadow.closedBy ?? 'nobody'}`] : []),
    `${oracle.failedRequests} of ${oracle.requests} requests failed`,
    `${oracle.effects} effects`,
    ...(oracle.harm.length === 0 ? [] : [`HARMFUL: ${oracle.harm.join('; ')}`]),
  ]
  return parts.join(', ')
}

/** The table for people. */
export function tableOf({ summary, controls }: Report): string {
  const rows = Object.entries({ ...summary.byFault, all: summary }).map(([name, row]) => [
    name,
    'rounds' in row ? String(row.rounds) : '',
    percent(row.healedShare),
    percent(row.causeTop1Share),
    seconds(row.medianHealMs),
    seconds(row.p95HealMs),
    String(row.harmful),
  ])
  const head = ['fault', 'rounds', 'healed', 'cause first', 'median', 'p95', 'harmful']
  const lines = [head, ...rows].map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(12))).join(''),
  )
  const controlLines = controls.map(({ control, effects }) => `control ${control}: ${effects} effects`)
  return [...lines, ...controlLines].join('\n')
}

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(2)} s`)
const percent = (share: number | null): string => (share === null ? '-' : `${(share * 100).toFixed(0)} %`)
