import { isDeepStrictEqual } from 'node:util'
import type { ResourceRef } from '../../../src/domain/resource.ts'
import { snapshot, type Database } from '../../../src/store/database.ts'
import { attemptsOf } from '../../../src/store/sql/attempts.ts'
import { allHolds, allLatches } from '../../../src/store/sql/holds.ts'
import { findOpenIncidents } from '../../../src/store/sql/incidents.ts'
import { allLocks } from '../../../src/store/sql/locks.ts'
import { findPause } from '../../../src/store/sql/pause.ts'
import { findProposals } from '../../../src/store/sql/proposals.ts'
import { findOpenRuns } from '../../../src/store/sql/runs.ts'
import { holdsLocks, lockedBy, type RunView, type Seen } from '../history.ts'
import type { Law } from './law.ts'

/** What the gates are told is what the entries say: every table beside the chain is the fold of the chain. */
export const tables: Law = {
  name: '9 the tables follow the entries',
  watch(x) {
    const { sim, fail, onEntry, onTick, onEnd } = x
    const told = newTold()
    let isNews = false
    onEntry((entry) => {
      isNews = true
      fold(told, entry)
    })
    const compare = (db: Database): void => {
      const runs = [...sim.history.runs.values()]
      const same = (what: string, table: readonly string[], entries: readonly string[]): void => {
        if (isDeepStrictEqual([...table].sort(), [...entries].sort())) return
        fail(`${what}: the table says [${table.join(', ')}], the entries [${entries.join(', ')}]`)
      }
      const isSure = (run: string): boolean => !releasedAsItEnded(sim.history.runs.get(run))
      const locks = runs
        .filter((run) => holdsLocks(run) && isSure(run.run))
        .flatMap(({ run, plan }) => lockedBy(plan).map((lock) => ({ ...lock, run })))
      const lockText = ({ resource, run, mode }: (typeof locks)[number]): string => `${mode} ${resource} ${run}`
      same(
        'locks',
        allLocks(db)
          .filter(({ run }) => isSure(run))
          .map(lockText),
        locks.map(lockText),
      )
      same(
        'open runs',
        findOpenRuns(db).map(({ run }) => run),
        runs.filter(({ ended }) => !ended).map(({ run }) => run),
      )
      same(
        'open proposals',
        findProposals(db, {}).map(({ proposal }) => proposal.id),
        [...told.proposals],
      )
      same('open incidents', findOpenIncidents(db), [...told.incidents])
      same(
        'holds',
        allHolds(db).map(({ target }) => target),
        [...told.holds],
      )
      same(
        'latches',
        allLatches(db).map(({ owner }) => owner),
        [...told.latches],
      )
      same('pause', [findPause(db)?.freeze].map(String), [told.freeze].map(String))
      for (const [owner, attempts] of told.attempts) {
        const stored = attemptsOf(db, owner).map(({ run, shadow, endedAt }) =>
          attemptText(run, shadow, endedAt !== undefined),
        )
        same(
          `attempts on ${owner}`,
          stored,
          attempts.map(({ run, shadow }) => attemptText(run, shadow, told.ended.has(run))),
        )
      }
    }
    // Reads of one moment cost a fraction of as many moments.
    const compareAtOnce = (): void => {
      const db = sim.history.db()
      if (isNews && db) snapshot(db, () => compare(db))
      isNews = false
    }
    onTick(compareAtOnce)
    onEnd(compareAtOnce)
  },
}

const AT_ONCE_MS = 100

/** A release of the target about when its run ended may have come before or after: the entry names no run. */
function releasedAsItEnded(run: RunView | undefined): boolean {
  return run?.ended !== undefined && (run.releasedAt ?? Infinity) - run.ended.at < AT_ONCE_MS
}

const attemptText = (run: string, shadow: boolean, isEnded: boolean): string => `${run} ${shadow} ${isEnded}`

type Told = {
  readonly proposals: Set<string>
  readonly incidents: Set<string>
  readonly holds: Set<ResourceRef>
  readonly latches: Set<ResourceRef>
  readonly attempts: Map<ResourceRef, { readonly run: string; readonly shadow: boolean }[]>
  readonly ended: Set<string>
  readonly wouldRun: Set<string>
  freeze: boolean | undefined
}

function newTold(): Told {
  const sets = { incidents: new Set<string>(), holds: new Set<ResourceRef>(), latches: new Set<ResourceRef>() }
  const proposals = new Set<string>()
  return { ...sets, proposals, attempts: new Map(), ended: new Set(), wouldRun: new Set(), freeze: undefined }
}

function fold(told: Told, { body, run = '', incident = '' }: Seen): void {
  const spend = (owner: ResourceRef, id: string, shadow: boolean): void =>
    void told.attempts.set(owner, [...(told.attempts.get(owner) ?? []), { run: id, shadow }])
  if (body.kind === 'proposed') told.proposals.add(body.proposal.id)
  if (body.kind === 'approved' || body.kind === 'proposal-ended') told.proposals.delete(body.proposal)
  if (body.kind === 'incident-opened') told.incidents.add(incident)
  if (body.kind === 'incident-closed') told.incidents.delete(incident)
  if (body.kind === 'held') told.holds.add(body.target)
  if (body.kind === 'latched') told.latches.add(body.owner)
  if (body.kind === 'paused') told.freeze = body.freeze
  if (body.kind === 'resumed') told.freeze = undefined
  if (body.kind === 'run-started') spend(body.plan.owner, run, false)
  if (body.kind === 'would-run' && !told.wouldRun.has(incident)) {
    told.wouldRun.add(incident)
    spend(body.plan.owner, body.plan.id, true)
  }
  if (body.kind === 'run-ended') told.ended.add(run)
  if (body.kind === 'released') {
    const ref = body.subject as ResourceRef
    told.holds.delete(ref)
    told.latches.delete(ref)
    if (told.attempts.has(ref)) told.attempts.set(ref, [])
  }
}
