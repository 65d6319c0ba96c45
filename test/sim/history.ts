import type { EntryBody, EntryKind } from '../../src/domain/entry.ts'
import type { Plan } from '../../src/domain/plan.ts'
import type { ResourceRef } from '../../src/domain/resource.ts'
import { isRunEvent, type Outcome, type RunEvent } from '../../src/domain/run.ts'
import type { Verdict } from '../../src/domain/verdict.ts'
import type { Moment } from '../../src/lib/clock.ts'
import { nextRun, type RunState } from '../../src/saga/log.ts'
import { openReadOnly } from '../../src/store/reader.ts'
import { storedEntries } from '../../src/store/sql/entries.ts'
import type { Database } from '../../src/store/database.ts'
import type { FakeClock } from '../fakes/fake-clock.ts'

/** One durable entry, with the true time at which it became so and the life that wrote it. */
export type Seen = {
  readonly seq: number
  readonly at: number
  readonly moment: Moment
  readonly kind: EntryKind
  readonly body: EntryBody
  readonly incident?: string
  readonly run?: string
  readonly life: number
}

/** A write that left for a target. `run`, `step` and `isUndo` are read from its key, as a target could. */
export type Call = {
  readonly life: number
  readonly at: number
  readonly target: ResourceRef
  readonly what: 'restart' | 'weight' | 'flush'
  readonly key: string
  readonly run: string
  readonly step: string
  readonly isUndo: boolean
}

/** The durable announcement of an effect: `step-started` of an apply, or `undo-started`. */
export type Announced = {
  readonly step: string
  readonly isUndo: boolean
  readonly at: number
  readonly seq: number
  readonly life: number
  readonly verdict: Verdict
}

/** A run as its entries tell it. */
export type RunView = {
  readonly run: string
  readonly incident: string
  readonly plan: Plan
  readonly startedAt: number
  readonly events: Seen[]
  state: RunState
  readonly announced: Announced[]
  readonly calls: Call[]
  /** The life that last started a step, by step. */
  readonly startedIn: Map<string, number>
  ended?: {
    readonly at: number
    readonly life: number
    readonly outcome: Outcome
    readonly reason: string
    readonly leftOpen: readonly string[]
  }
  /** When a person freed what it held. */
  releasedAt?: number
}

/** What the record says, read by a connection of its own, entry by entry, each in the instant in which it is durable. */
export type History = {
  readonly entries: readonly Seen[]
  readonly runs: ReadonlyMap<string, RunView>
  readonly calls: readonly Call[]
  /** Reads what is new. */
  pull(): void
  called(call: Pick<Call, 'life' | 'target' | 'what' | 'key'>): void
  committed(life: number): void
  onEntry(listen: (entry: Seen) => void): void
  /** By the life that owns the record. */
  onCall(listen: (call: Call, run: RunView | undefined) => void): void
  /** By one that has a successor. */
  onLateCall(listen: (call: Call, run: RunView | undefined) => void): void
  onCommit(listen: (life: number) => void): void
  /** The record's tables; undefined before the first life. */
  db(): Database | undefined
  close(): void
}

/**
 * @param lifeNow the number of the life that writes now
 * @param fail told when the record holds what cannot be
 */
export function openHistory(
  folder: string,
  clock: FakeClock,
  lifeNow: () => number,
  fail: (problem: string) => void,
): History {
  const entries: Seen[] = []
  const runs = new Map<string, RunView>()
  const calls: Call[] = []
  const entryListeners: ((entry: Seen) => void)[] = []
  const callListeners: ((call: Call, run: RunView | undefined) => void)[] = []
  const lateListeners: typeof callListeners = []
  const commitListeners: ((life: number) => void)[] = []
  let db: Database | undefined
  let life = 0

  const pull = (): void => {
    db ??= tryOpen(folder)
    if (!db) return
    for (const { seq, wall_ms, boot_ms, boot_id, kind, incident, run, body } of storedEntries(
      db,
      entries.length,
      1000,
    )) {
      const parsed = JSON.parse(body ?? 'null') as EntryBody
      if (parsed.kind === 'owner-started') life = lifeNow()
      const moment = { wallMs: wall_ms, bootMs: boot_ms, bootId: boot_id }
      const about = { ...(incident !== null && { incident }), ...(run !== null && { run }) }
      const seen: Seen = { seq, at: clock.trueMs(), moment, kind, body: parsed, life, ...about }
      entries.push(seen)
      take(seen)
      for (const listen of entryListeners) listen(seen)
    }
  }

  const take = (seen: Seen): void => {
    const { body, run } = seen
    if (body.kind === 'released') for (const view of released(body.subject, runs.values())) view.releasedAt = seen.at
    if (run === undefined || !isRunEvent(body)) return
    const known = runs.get(run)
    try {
      const state = nextRun(known?.state, body)
      if (known) extend(known, seen, body, state)
      else runs.set(run, begun(run, seen, state))
    } catch (thrown) {
      fail(`${run}: ${String(thrown)}`)
    }
  }

  return {
    entries,
    runs,
    calls,
    pull,
    called: ({ life, target, what, key }) => {
      const [run = '', ...rest] = key.split('/')
      const isUndo = rest.at(-1) === 'undo#back'
      const step = (isUndo ? rest.slice(0, -1) : rest).join('/')
      const call: Call = { life, at: clock.trueMs(), target, what, key, run, step, isUndo }
      calls.push(call)
      const view = runs.get(run)
      const isLate = call.life !== lifeNow()
      for (const listen of isLate ? lateListeners : callListeners) listen(call, view)
      if (!isLate) view?.calls.push(call)
    },
    committed: (by) => {
      for (const listen of commitListeners) listen(by)
    },
    onEntry: (listen) => void entryListeners.push(listen),
    onCall: (listen) => void callListeners.push(listen),
    onLateCall: (listen) => void lateListeners.push(listen),
    onCommit: (listen) => void commitListeners.push(listen),
    db: () => db,
    close: () => db?.close(),
  }
}

function tryOpen(folder: string): Database | undefined {
  try {
    return openReadOnly(folder)
  } catch {
    return undefined // no life has got as far as making it
  }
}

function begun(run: string, { at, incident = '', ...seen }: Seen, state: RunState): RunView {
  const { plan } = state
  const empty = { announced: [], calls: [], startedIn: new Map<string, number>() }
  return { run, incident, plan, startedAt: at, state, events: [{ ...seen, at, incident }], ...empty }
}

function extend(view: RunView, seen: Seen, body: RunEvent, state: RunState): void {
  const { at, seq, life } = seen
  view.state = state
  view.events.push(seen)
  if (body.kind === 'step-started') view.startedIn.set(body.step, life)
  if (body.kind === 'undo-started') view.startedIn.set(`${body.step}/undo`, life)
  if (body.kind === 'step-started' && body.effect && body.verdict) {
    const step = body.step.replace(/\/apply$/, '')
    view.announced.push({ step, isUndo: false, at, seq, life, verdict: body.verdict })
  }
  if (body.kind === 'undo-started') {
    view.announced.push({ step: body.step, isUndo: true, at, seq, life, verdict: body.verdict })
  }
  if (body.kind === 'run-ended') {
    const { outcome, reason, leftOpen } = body
    view.ended = { at, life, outcome, reason, leftOpen }
  }
}

/** Whether a run keeps others away: it is open, or ended held and nobody released it. */
export function holdsLocks({ ended, releasedAt }: RunView): boolean {
  return !ended || (isHeld(ended.outcome) && releasedAt === undefined)
}

export const isHeld = (outcome: Outcome): boolean => outcome === 'parked' || outcome === 'stuck'

/** The held runs that a release of a run or of a target frees. */
function released(subject: string, runs: Iterable<RunView>): RunView[] {
  return [...runs].filter(
    (view) =>
      view.ended !== undefined &&
      isHeld(view.ended.outcome) &&
      (view.run === subject || lockedBy(view.plan).some(({ resource }) => resource === subject)),
  )
}

/** Every lock that a run of the plan takes. */
export function lockedBy({ target, steps, sharedFate, within }: Plan): { resource: string; mode: 'own' | 'within' }[] {
  const own = new Set([target, ...steps.map((step) => step.target), ...sharedFate])
  return [
    ...[...own].map((resource) => ({ resource, mode: 'own' as const })),
    ...within.filter((ref) => !own.has(ref)).map((resource) => ({ resource, mode: 'within' as const })),
  ]
}
