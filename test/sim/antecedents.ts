/** How often something that a law speaks of happened at all: a law about what never happens proves nothing. */
export type Counters = {
  count(name: Antecedent, times?: number): void
  readonly counts: Readonly<Record<Antecedent, number>>
}

export const ANTECEDENTS = [
  'undo',
  'stuck',
  'crash in start',
  'crash in capture',
  'crash in apply',
  'crash in verify',
  'crash in settle',
  'crash in undo',
  'late answer',
  'blindness',
  'pause',
  'freeze',
  'shadow run',
  'clock jump',
  'reboot',
  'crash at a statement',
  'store trouble',
  'foreign change',
  'latch',
  'target hold',
  'freeze window',
  'announced',
  'storm',
  'budget spent',
  'maintenance window',
  'silence',
  'change',
  'rollout',
  'acknowledged',
  'effect',
  'healed',
  'helped',
  'rolled-back',
  'spent',
  'parked',
  'abandoned',
  'proposed',
  'approved',
  'approved twice',
  'endorsed',
  'approved by two',
  'rejected',
  'expired',
  'superseded',
  'withdrawn',
  'taken over',
  'taken over in a run',
  'compared better',
  'compared alone',
  'compared harm',
  'compared no-effect',
  'compared blind',
  'crash in compare',
  'derived again',
  'frozen in apply',
  'late write',
  'ailment',
  'unusual alone',
] as const
export type Antecedent = (typeof ANTECEDENTS)[number]

/** A run of two hundred seeds or more, as the tests make it, must have seen each of these this often. */
export const REQUIRED: readonly Antecedent[] = [
  'undo',
  'stuck',
  'crash in start',
  'crash in capture',
  'crash in apply',
  'crash in verify',
  'crash in settle',
  'crash in undo',
  'late answer',
  'blindness',
  'pause',
  'proposed',
  'approved',
  'approved twice',
  'endorsed',
  'rejected',
  'expired',
  'superseded',
  'taken over',
  'approved by two',
  'compared better',
  'compared harm',
  'compared no-effect',
  'frozen in apply',
]
export const LEAST_TIMES = 50
export const LEAST_SEEDS = 200

export function newCounters(): Counters {
  const counts = Object.fromEntries(ANTECEDENTS.map((name) => [name, 0])) as Record<Antecedent, number>
  return { counts, count: (name, times = 1) => void (counts[name] += times) }
}

/** What a run of that many seeds should have seen and has not, in words. */
export function missing(counts: Counters['counts'], seeds: number): string[] {
  if (seeds < LEAST_SEEDS) return []
  return REQUIRED.filter((name) => counts[name] < LEAST_TIMES).map(
    (name) => `'${name}' happened ${counts[name]} times, and ${LEAST_TIMES} are asked for`,
  )
}
