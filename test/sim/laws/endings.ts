import type { StepState } from '../../../src/saga/log.ts'
import type { RunView, Seen } from '../history.ts'
import { holdsLocks, isHeld } from '../history.ts'
import type { Law, Watch } from './law.ts'

/**
 * Invariant 3: every run ends once, in an outcome that its log bears out; parked and stuck hold the lock and have paged a
 * person; nothing is left open in the end.
 */
export const endings: Law = {
  name: '3 every run ends rightly',
  watch(x) {
    const { sim, fail, onEntry, onEnd } = x
    const unpaged = new Map<string, number>()
    onEntry((entry) => {
      checkCredit(entry, x)
      if (entry.body.kind === 'paged') unpaged.delete(entry.body.about)
      for (const [run, seq] of unpaged) if (entry.seq > seq + 1) fail(`${run} is held, and nobody was paged`)
      const run = entry.run === undefined ? undefined : sim.history.runs.get(entry.run)
      if (entry.body.kind !== 'run-ended' || !run) return
      if (isHeld(entry.body.outcome)) unpaged.set(run.run, entry.seq)
      checkOutcome(run, entry, x)
    })
    onEnd(() => {
      for (const run of sim.history.runs.values()) {
        if (!run.ended) fail(`${run.run} is still open after the world was calm`)
        else if (!isHeld(run.ended.outcome) && holdsLocks(run)) fail(`${run.run} has ended and still holds its lock`)
      }
      for (const run of unpaged.keys()) fail(`${run} is held, and nobody was paged`)
    })
  },
}

/** An incident that nothing was done about ended by itself, and Kintsugi takes credit only for what it mended. */
function checkCredit({ body, incident }: Seen, { sim, fail }: Watch): void {
  if (body.kind !== 'incident-closed') return
  const runs = [...sim.history.runs.values()].filter((run) => run.incident === incident)
  const hasLanded = runs.some(({ run }) => sim.world.landings.some(({ key }) => key?.startsWith(`${run}/`)))
  // What the runs before the last one did, that one found undone, or without effect: also where it did nothing itself.
  const last = runs.findLast(({ ended }) => ended?.outcome !== 'abandoned')
  if (body.endedBy === 'itself' && hasLanded && !(last && sim.recoveredAlone.has(last.run)))
    fail(`${incident} is said to have ended by itself`)
  if (body.endedBy !== 'kintsugi') return
  const mended = runs.some(({ ended }) => ended?.outcome === 'healed' || ended?.outcome === 'helped')
  if (!mended) fail(`${incident} is said to have been ended by Kintsugi, which mended nothing`)
}

function checkOutcome(run: RunView, { body, life }: Seen, { sim, fail }: Watch): void {
  if (body.kind !== 'run-ended') return
  const { outcome, reason } = body
  const wrong = (why: string): void => fail(`${run.run} ended ${outcome} (${reason}): ${why}`)
  const { steps, undos, assessment, plan, comparisons } = run.state
  const stopped = comparisons.find(({ verdict }) => verdict !== 'better')?.verdict
  const applied = plan.steps.filter(({ name }) => landedBy(run, name, sim.world.landings))
  const undone = ({ name }: { readonly name: string }): boolean => undos.get(name)?.status === 'finished'
  const has = (kind: Seen['kind']): boolean => run.events.some((event) => event.kind === kind)
  sim.counters.count(outcome)

  if (reason.startsWith('unexpected')) wrong('a bug')
  // A record that refuses the announcement of an effect cannot hold that failure either, but holds the end.
  const isUnwritten = sim.store.since > run.startedAt
  // What is cut off keeps no outcome; in one life, only a freeze or a refusal before a further try cuts off.
  const refused = new Set(run.events.flatMap((event) => (event.body.kind === 'refused' ? [event.body.step] : [])))
  const cut = [...steps].filter(
    ([name, { status }]) => status === 'started' && run.startedIn.get(name) === life && !refused.has(name),
  )
  const cutUndo = [...undos].filter(
    ([name, { status }]) => status === 'started' && run.startedIn.get(`${name}/undo`) === life,
  )
  if (cut.length + cutUndo.length > 0 && !isHeld(outcome)) wrong('a step of it has no outcome')
  switch (outcome) {
    case 'abandoned':
      if (applied.length > 0) wrong(`${applied.map(({ name }) => name).join()} had landed`)
      if (!has('refused') && !has('step-failed') && !reason.includes('cannot write the record'))
        wrong('nothing on record refused or failed')
      return
    case 'rolled-back': {
      const missed = plan.steps.filter((step) => mayHaveLanded(steps.get(`${step.name}/apply`)) && !undone(step))
      if (missed.length > 0) wrong(`${missed.map(({ name }) => name).join()} is not undone`)
      return
    }
    case 'healed':
    case 'helped':
    case 'spent': {
      const result = outcome === 'spent' ? 'unchanged' : 'better'
      if (outcome === 'spent' && stopped === 'no-effect') return
      if (assessment?.result !== result) wrong(`it was assessed ${assessment?.result ?? 'never'}`)
      if (assessment && outcome !== 'spent' && assessment.enough !== (outcome === 'healed')) wrong('enough, or not?')
      if (undos.size > 0 && outcome !== 'spent') wrong('something of it was undone')
      const left = new Set(comparisons.flatMap(({ recovered }) => recovered))
      const unproved = plan.steps.filter(
        ({ name, target }) => !left.has(target) && steps.get(`${name}/verify`)?.status !== 'succeeded',
      )
      if (unproved.length > 0 && stopped === undefined && !has('step-failed') && !has('refused') && !isUnwritten)
        wrong('not every step was verified')
      return
    }
    case 'stuck':
      if (
        !has('step-failed') &&
        !has('undo-failed') &&
        assessment?.result !== 'worse' &&
        stopped !== 'harm' &&
        cut.length === 0 &&
        !wasCut(run, life)
      )
        wrong('nothing on record went wrong')
      return
    case 'parked':
      return
  }
}

function mayHaveLanded(apply: StepState | undefined): boolean {
  return apply !== undefined && !(apply.status === 'failed' && apply.failure.untouched === true)
}

/** A step that an earlier life began and did not end. */
function wasCut(run: RunView, life: number): boolean {
  return [...run.state.steps].some(([name, { status }]) => status === 'started' && run.startedIn.get(name) !== life)
}

function landedBy(run: RunView, step: string, landings: readonly { readonly key?: string }[]): boolean {
  return landings.some(({ key }) => key === `${run.run}/${step}`)
}
