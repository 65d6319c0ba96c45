import type { NewEntry } from '../domain/entry.ts'
import type { Ledger, Write } from '../domain/ledger.ts'
import { lockedBy, type Plan } from '../domain/plan.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { RunEvent } from '../domain/run.ts'
import type { Moment } from '../lib/clock.ts'
import { nextRun, type RunState } from './log.ts'

/**
 * Makes a plan a run: `started`, the locks and the spent attempt, in one transaction. Throws ConflictError when a lock
 * is taken or another attempt was spent since the gates looked; then nothing is written and nothing runs.
 */
export async function startRun(
  record: Pick<RecordPort, 'commit' | 'epoch'>,
  start: {
    readonly run: string
    readonly plan: Plan
    readonly ledger: Ledger
    readonly version: string
    readonly at: Moment
  },
): Promise<RunState> {
  const { run, plan, ledger } = start
  const event: RunEvent = { kind: 'run-started', plan, version: start.version, epoch: record.epoch }
  const entry: NewEntry = { body: event, incident: plan.incident, run }
  const row = { run, incident: plan.incident, plan: plan.id, owner: plan.owner, target: plan.target }
  const writes: Write[] = [
    { do: 'open-run', row },
    { do: 'lock', run, own: lockedBy(plan), within: plan.within },
    { do: 'spend', owner: plan.owner, run, shadow: false, seen: ledger.lastAttempt },
  ]
  await record.commit({ at: start.at, entries: [entry], writes })
  return nextRun(undefined, event)
}
