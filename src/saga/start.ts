import type { EntryBody, NewEntry } from '../domain/entry.ts'
import type { Ledger, Write } from '../domain/ledger.ts'
import { lockedBy, type Plan } from '../domain/plan.ts'
import type { RecordPort } from '../domain/ports.ts'
import type { Approval } from '../domain/proposal.ts'
import type { RunEvent } from '../domain/run.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Moment } from '../lib/clock.ts'
import { nextRun, type RunState } from './log.ts'

/**
 * Makes a plan a run: `started`, the locks and the spent attempt, in one transaction, and the approval with the end of its
 * proposal where a person was asked. Throws ConflictError when a lock is taken, another attempt was spent since the gates
 * looked, or the proposal is no longer open; then nothing is written and nothing runs.
 */
export async function startRun(
  record: Pick<RecordPort, 'commit' | 'epoch'>,
  start: {
    readonly run: string
    readonly plan: Plan
    readonly ledger: Ledger
    readonly version: string
    readonly at: Moment
    readonly approval?: Approval
    /** What keeps a place for its first effect. */
    readonly charge?: readonly Write[]
    /** The gates' answer to the question whether it may begin. */
    readonly verdict?: Verdict
  },
): Promise<RunState> {
  const { run, plan, ledger, approval, verdict } = start
  const given = { ...(approval && { approval }), ...(verdict && { verdict }) }
  const event: RunEvent = { kind: 'run-started', plan, version: start.version, epoch: record.epoch, ...given }
  const entry: NewEntry = { body: event, incident: plan.incident, run }
  const row = { run, incident: plan.incident, plan: plan.id, owner: plan.owner, target: plan.target }
  const writes: Write[] = [
    ...(approval ? [closing(approval)] : []),
    { do: 'open-run', row },
    { do: 'lock', run, own: lockedBy(plan), within: plan.within },
    { do: 'spend', owner: plan.owner, run, shadow: false, seen: ledger.lastAttempt },
    ...(start.charge ?? []),
  ]
  const entries = approval ? [{ body: approvedBy(approval), incident: plan.incident }, entry] : [entry]
  await record.commit({ at: start.at, entries, writes })
  return nextRun(undefined, event)
}

function approvedBy({ proposal, by, person, reason }: Approval): EntryBody {
  return { kind: 'approved', proposal, by, ...(person !== undefined && { person }), reason }
}

function closing({ proposal, by, reason }: Approval): Write {
  return { do: 'close-proposal', proposal, as: 'approved', by, reason }
}
