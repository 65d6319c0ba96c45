import { quantile } from '../../lab/report.ts'
import { PHASES, type Phase } from './kills.ts'
import type { RoundResult } from './round.ts'

export type Report = {
  readonly seed: number
  readonly rounds: readonly RoundResult[]
  readonly summary: {
    readonly rounds: number
    readonly kills: number
    readonly violations: number
    readonly effects: number
    readonly medianRecoveryMs: number | null
    readonly maxRecoveryMs: number | null
    readonly byPhase: Readonly<Record<string, PhaseSummary>>
  }
}

type PhaseSummary = {
  readonly kills: number
  /** How the runs of these rounds ended, joined where there were several. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly medianRecoveryMs: number | null
  readonly maxRecoveryMs: number | null
}

export function reportOf(seed: number, rounds: readonly RoundResult[]): Report {
  const byPhase = PHASES.map((phase) => [phase, phaseSummary(phase, rounds)] as const)
  return {
    seed,
    rounds,
    summary: {
      rounds: rounds.length,
      kills: rounds.flatMap(({ kills }) => kills).length,
      violations: rounds.flatMap(({ violations }) => violations).length,
      effects: rounds.reduce((sum, { effects }) => sum + effects, 0),
      ...recoveryOf(rounds),
      byPhase: Object.fromEntries(byPhase.filter(([, { kills }]) => kills > 0)),
    },
  }
}

/** A round killed twice counts in both phases; its recovery counts where the last kill fell. */
function phaseSummary(phase: Phase, results: readonly RoundResult[]): PhaseSummary {
  const hit = results.flatMap((round) => round.kills.filter((kill) => kill.phase === phase).map(() => round))
  const ways = Map.groupBy(hit, ({ outcomes }) => outcomes.join(' then ') || 'no end')
  return {
    kills: hit.length,
    outcomes: Object.fromEntries([...ways].map(([way, rounds]) => [way, rounds.length])),
    ...recoveryOf(results.filter(({ kills }) => kills.at(-1)?.phase === phase)),
  }
}

function recoveryOf(results: readonly RoundResult[]): Pick<PhaseSummary, 'medianRecoveryMs' | 'maxRecoveryMs'> {
  const times = results.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs]))
  return { medianRecoveryMs: quantile(times, 0.5), maxRecoveryMs: quantile(times, 1) }
}

/** One line for the end of a round. */
export function roundLine({
  seed,
  fault,
  victim,
  kills,
  outcomes,
  recoveryMs,
  effects,
  tookMs,
  violations,
}: RoundResult): string {
  const killed = kills.map(({ phase, afterMs }) => `killed ${phase} (${seconds(afterMs)})`)
  return [
    `seed ${seed}, ${fault} ${victim}`,
    ...killed,
    outcomes.join(' then ') || 'no end',
    ...(recoveryMs === null ? [] : [`${seconds(recoveryMs)} from restart to end`]),
    `${effects} effects`,
    `took ${seconds(tookMs)}`,
    ...violations.map((violation) => `VIOLATION: ${violation}`),
  ].join(', ')
}

/** The table for people. */
export function tableOf({ summary }: Report): string {
  const { byPhase, rounds, kills, effects, violations } = summary
  const row = (name: string, { kills, outcomes, medianRecoveryMs, maxRecoveryMs }: PhaseSummary): string[] => [
    name,
    String(kills),
    seconds(medianRecoveryMs),
    seconds(maxRecoveryMs),
    Object.entries(outcomes)
      .map(([way, count]) => `${way} ${count}`)
      .join(', '),
  ]
  const rows = Object.entries(byPhase).map(([phase, one]) => row(phase, one))
  const lines = [
    ['killed', 'times', 'median', 'max', 'outcome of the runs'],
    ...rows,
    row('all', { ...summary, outcomes: {} }),
  ].map(([name = '', times = '', median = '', max = '', ways = '']) =>
    `${name.padEnd(18)}${times.padStart(6)}${median.padStart(10)}${max.padStart(10)}  ${ways}`.trimEnd(),
  )
  return [
    ...lines,
    `${rounds} rounds, ${kills} kills, ${effects} effects, ${violations} violations (median, max: from the restart to the run's end)`,
  ].join('\n')
}

const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(2)} s`)
