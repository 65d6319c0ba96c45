import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Plan, PlanStep } from '../../../src/domain/plan.ts'
import { isByOthers } from '../../../src/domain/disturbance.ts'
import { snapshot, type Database } from '../../../src/store/database.ts'
import { attemptsOf } from '../../../src/store/sql/attempts.ts'
import { allDisturbances } from '../../../src/store/sql/disturbances.ts'
import { allHolds, allLatches } from '../../../src/store/sql/holds.ts'
import { findOpenIncidents } from '../../../src/store/sql/incidents.ts'
import { allLocks } from '../../../src/store/sql/locks.ts'
import { findPause } from '../../../src/store/sql/pause.ts'
import { findOpenRuns } from '../../../src/store/sql/runs.ts'
import { holdsLocks, isHeld, lockedBy, type RunView, type Seen } from '../history.ts'
import type { Law } from './law.ts'
import { isWithin } from './time.ts'

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
      foldCharges(told, entry, sim.history.runs.get(entry.run ?? '')?.plan)
      if (entry.kind !== 'released') return
      for (const { run, releasedAt } of sim.history.runs.values()) {
        if (releasedAt !== undefined) told.charges.delete(run)
      }
    })
    const isNew = (id: string): boolean =>
      isWithin(told.announced.get(id), sim.history.entries.length, FORGOTTEN_MS, sim)
    const compare = (db: Database): void => {
      const runs = [...sim.history.runs.values()]
      const same = (what: string, table: readonly string[], entries: readonly string[]): void => {
        if (table.toSorted().join('\n') === entries.toSorted().join('\n')) return
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
        db.raw('select proposal from proposals where ended_as is null').map(({ proposal }) => String(proposal)),
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
      const disturbances = allDisturbances(db)
      same(
        'disturbances of runs',
        disturbances.flatMap((one) =>
          one.endedAt || isByOthers(one) || one.shadow || !isSure(one.by) ? [] : [one.id],
        ),
        [...told.charges].flatMap(([run, steps]) => (isSure(run) ? [...steps] : [])),
      )
      const going = disturbances.filter((one) => isByOthers(one) && !one.endedAt)
      same(
        'announcements',
        going.map(({ id }) => id),
        [...told.announced.keys()].filter((id) => going.some((one) => one.id === id) || isNew(id)),
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

/** What ran out goes from the table once it is an hour old. */
const FORGOTTEN_MS = 1_800_000

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
  /** By run, the names of what it disturbs. */
  readonly charges: Map<string, Set<string>>
  readonly announced: Map<string, Seen>
  readonly attempts: Map<ResourceRef, { readonly run: string; readonly shadow: boolean }[]>
  readonly ended: Set<string>
  readonly wouldRun: Set<string>
  freeze: boolean | undefined
}

function newTold(): Told {
  const sets = { incidents: new Set<string>(), holds: new Set<ResourceRef>(), latches: new Set<ResourceRef>() }
  const proposals = new Set<string>()
  const maps = { charges: new Map<string, Set<string>>(), announced: new Map<string, Seen>() }
  return { ...sets, ...maps, proposals, attempts: new Map(), ended: new Set(), wouldRun: new Set(), freeze: undefined }
}

/** A run keeps one place from its start to the last of its steps, and each that lasts until it is taken back. */
function foldCharges(told: Told, entry: Seen, plan: Plan | undefined): void {
  const { body, run = '' } = entry
  const names = told.charges.get(run) ?? new Set()
  const stepOf = (name: string): PlanStep | undefined => plan?.steps.find((one) => one.name === name)
  const passOn = (): void => {
    for (const name of names) if (stepOf(name.slice(run.length + 1))?.reversibility !== 'reversible') names.delete(name)
  }
  if (body.kind === 'announced') told.announced.set(body.announcement.id, entry)
  if (body.kind === 'announcement-ended') told.announced.delete(body.id)
  if (body.kind === 'run-started') told.charges.set(run, new Set([`${run}/${body.plan.steps[0]?.name}`]))
  if (body.kind === 'step-started' && body.effect) {
    passOn()
    names.add(`${run}/${body.step.replace(/\/apply$/, '')}`)
  }
  if (body.kind === 'step-succeeded' && body.step === `${plan?.steps.at(-1)?.name}/verify`) passOn()
  if (body.kind === 'undo-finished') names.delete(`${run}/${body.step}`)
  if (body.kind === 'run-ended' && !isHeld(body.outcome)) told.charges.delete(run)
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
