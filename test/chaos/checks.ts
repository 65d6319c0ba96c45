import type { Entry } from '../../src/domain/entry.ts'
import type { Lock, SpentAttempt } from '../../src/domain/ledger.ts'
import type { Outcome } from '../../src/domain/run.ts'
import type { Verification } from '../../src/store/verify.ts'
import type { Effect } from '../../lab/oracle.ts'

/** What is left after a round: Kintsugi's record, and what the shims and the system say without it. */
export type Evidence = {
  readonly entries: readonly Entry[]
  readonly locks: readonly Lock[]
  /** Of every owner that a run of the round was on. */
  readonly attempts: readonly SpentAttempt[]
  readonly openRuns: number
  readonly openIncidents: number
  readonly verification: Pick<Verification, 'ok' | 'problems'>
  /** Restarts that the shims carried out for Kintsugi in this round. */
  readonly effects: readonly Effect[]
  /** Which process stood behind each name before the fault and after the end. */
  readonly before: ReadonlyMap<string, string>
  readonly after: ReadonlyMap<string, string>
  readonly victim: string
  readonly isFaultPresent: boolean
  /** When Kintsugi was killed (epoch ms). */
  readonly killedAt: readonly number[]
  /** What was noticed on the way. */
  readonly remarks: readonly string[]
}

export type RunStory = {
  readonly run: string
  readonly outcomes: readonly Outcome[]
  readonly startedAt: number
  readonly endedAt: number | undefined
  /** Idempotency keys of effects that the record shows as begun, with when, and whether a gate's `allow` is with each. */
  readonly keys: ReadonlyMap<string, { readonly at: number; readonly allowed: boolean }>
}

/** The runs of the record, oldest first. */
export function runsOf(entries: readonly Entry[]): RunStory[] {
  const byRun = Map.groupBy(
    entries.filter((entry) => entry.run !== undefined),
    (entry) => entry.run ?? '',
  )
  return [...byRun].map(([run, log]) => {
    const ends = log.filter(({ kind }) => kind === 'run-ended')
    const outcomes = ends.flatMap(({ body }) => (body?.kind === 'run-ended' ? [body.outcome] : []))
    return {
      run,
      outcomes,
      startedAt: log[0]?.at.wallMs ?? 0,
      endedAt: ends.at(-1)?.at.wallMs,
      keys: keysOf(run, log),
    }
  })
}

function keysOf(run: string, log: readonly Entry[]): RunStory['keys'] {
  const keys = new Map<string, { at: number; allowed: boolean }>()
  for (const { body, at } of log) {
    if (body?.kind !== 'step-started' || !body.effect) continue
    const key = `${run}/${body.step.replace(/\/apply$/, '')}`
    const was = keys.get(key)
    const allowed = body.verdict?.answer === 'allow'
    keys.set(key, { at: Math.min(was?.at ?? Infinity, at.wallMs), allowed: allowed && (was?.allowed ?? true) })
  }
  return keys
}

/** Everything that is not as it must be; empty is good. */
export function violationsOf(x: Evidence): string[] {
  const runs = runsOf(x.entries)
  return [
    ...x.remarks,
    ...endingsOf(x, runs),
    ...effectsOf(x, runs),
    ...attemptsOf(x, runs),
    ...patientsOf(x),
    ...x.verification.problems.map((problem) => `the chain does not verify: ${problem}`),
    ...(x.verification.ok ? [] : ['the record does not verify']),
    ...x.locks.map(({ resource, run }) => `${run} still locks ${resource}`),
  ]
}

function endingsOf(x: Evidence, runs: readonly RunStory[]): string[] {
  const problems = runs.flatMap((story, index) => {
    const { run, outcomes } = story
    if (outcomes.length !== 1) return [`${run} has ${outcomes.length} endings`]
    const outcome = outcomes[0] ?? 'stuck'
    const isLast = index === runs.length - 1
    if (outcome === 'healed' && isLast) return []
    if (outcome === 'abandoned' && !isLast && isJustlyAbandoned(story, x.killedAt)) return []
    return [`${run}, run ${index + 1} of ${runs.length}, ended ${outcome}`]
  })
  if (runs.length === 0) problems.push('there was no run')
  if (x.openRuns + x.openIncidents > 0) {
    problems.push(`${x.openRuns} runs and ${x.openIncidents} incidents are still open`)
  }
  if (x.isFaultPresent) problems.push(`${x.victim} is still broken`)
  return problems
}

/**
 * Killed between the start of the run and the start of its effect, Kintsugi wakes blind: its windows are empty, so the
 * gate of blindness holds the effect that has never begun, and the run is given up. Sight returns, and the loop decides
 * anew: another run must follow and heal. With an effect begun there is no such excuse: that run waits for its sight.
 */
function isJustlyAbandoned({ keys, startedAt, endedAt }: RunStory, killedAt: readonly number[]): boolean {
  return keys.size === 0 && killedAt.some((at) => at >= startedAt && at <= (endedAt ?? 0))
}

/** The shims' books against the record's: exactly one effect for each key, and none that the record did not allow first. */
function effectsOf({ effects, victim }: Evidence, runs: readonly RunStory[]): string[] {
  const known = new Map(runs.flatMap(({ keys }) => [...keys]))
  const done = Map.groupBy(effects, ({ key }) => key)
  const problems = [...known].flatMap(([key, { allowed }]) => {
    const count = done.get(key)?.length ?? 0
    return [
      ...(count === 1 ? [] : [`${key} is on record as applied, and took effect ${count} times`]),
      ...(allowed ? [] : [`${key} was begun without a recorded allow`]),
    ]
  })
  const foreign = effects.flatMap(({ key, at, instance }) => {
    const start = known.get(key)
    return [
      ...(start ? [] : [`${instance} was restarted under ${key}, of which the record knows nothing`]),
      ...(start && start.at > at ? [`${key} took effect before its start was on record`] : []),
      ...(instance === victim ? [] : [`${key} restarted ${instance}, and the fault was on ${victim}`]),
    ]
  })
  return [...problems, ...foreign]
}

function attemptsOf({ attempts }: Evidence, runs: readonly RunStory[]): string[] {
  const counts = Map.groupBy(attempts, ({ run }) => run)
  const problems = runs.flatMap(({ run }) => {
    const count = counts.get(run)?.length ?? 0
    return count === 1 ? [] : [`${run} is counted as ${count} attempts`]
  })
  return [...problems, ...(attempts.length === runs.length ? [] : [`${attempts.length} attempts, ${runs.length} runs`])]
}

/** Nobody but the fault's own victim is another process than before; its shim too is the same. */
function patientsOf({ before, after, victim }: Evidence): string[] {
  return [...before].flatMap(([name, identity]) => {
    const now = after.get(name)
    if (name === victim) return now === identity ? [`${name} is still the process that the fault broke`] : []
    return now === identity ? [] : [`${name} was ${identity} and is ${now ?? 'gone'}: it did not outlive Kintsugi`]
  })
}
