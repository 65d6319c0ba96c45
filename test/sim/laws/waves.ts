import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { Call, RunView, Seen } from '../history.ts'
import type { Law, Watch } from './law.ts'

/** So many equally sick targets, and one is treated before the others. */
const LEAST_SICK = 4

/**
 * A repair of many shows first on one, then on a quarter, that it helps: no second wave without a recorded comparison that
 * allows it, nothing more after one that does not, and none that says what was not to be seen. Which plans this binds is
 * judged from what was to be seen, and not from what they say of themselves.
 */
export const inWaves: Law = {
  name: '+ many are mended in waves',
  watch(x) {
    const { sim, fail, onEntry, onCall } = x
    /** The sick targets of a run that has to go in waves. */
    const bound = new Map<string, readonly ResourceRef[]>()
    onEntry((entry) => {
      const run = entry.run === undefined ? undefined : sim.history.runs.get(entry.run)
      if (!run) return
      const { body } = entry
      if (body.kind === 'run-started') {
        const sick = sickOf(run, x)
        if (sick.length >= LEAST_SICK) bound.set(run.run, sick)
      }
      if (body.kind === 'step-started' && body.effect && wasWell(run, x)) sim.recoveredAlone.add(run.run)
      if (body.kind === 'compared') checkComparison(run, entry, x)
      if (body.kind === 'run-ended') checkCredit(run, entry, x)
    })
    onCall((call, run) => {
      const sick = run && bound.get(run.run)
      if (!run || !sick || call.isUndo) return
      const problem = tooEarly(call, run, sick)
      if (problem) fail(`${call.what} of ${call.target} by ${call.key}: ${problem}`)
    })
  },
}

/** The targets of a run of the same on each that were seen to be down when it started. */
function sickOf({ plan }: RunView, { sim }: Watch): ResourceRef[] {
  const targets = [...new Set(plan.steps.map(({ target }) => target))]
  const kinds = targets.map((ref) =>
    JSON.stringify(
      plan.steps
        .filter(({ target }) => target === ref)
        .map(({ action, params }) => [action, { ...(params as object), target: 0 }]),
    ),
  )
  // What was down at one look and up at the next was perhaps decided between the two.
  const isDown = (ref: ResourceRef): boolean => {
    const seen = sim.sight.since('up', ref, sim.clock.trueMs() - 2500)
    return seen.length > 0 && seen.every(({ value }) => value === 0)
  }
  return new Set(kinds).size === 1 ? targets.filter(isDown) : []
}

function tooEarly(call: Call, run: RunView, sick: readonly ResourceRef[]): string | undefined {
  const said = run.state.comparisons.map(({ verdict }) => verdict)
  const against = said.find((verdict) => verdict !== 'better')
  if (against) return `the comparison before it said ${against}`
  const touched = new Set([...run.calls.filter(({ isUndo }) => !isUndo).map(({ target }) => target), call.target])
  const allowed = [1, 1 + Math.max(1, Math.floor(sick.length / 4))][said.length]
  // A plan may know of one more that is sick than was to be seen, never of fewer.
  return allowed !== undefined && touched.size > allowed + 1
    ? `${touched.size} of ${sick.length} sick are touched after ${said.length} comparisons`
    : said.length === 0 && touched.size > 1
      ? 'nothing was compared before the second target'
      : undefined
}

/** What it says must have been to be seen since the wave was in place. */
function checkComparison(run: RunView, { body }: Seen, { sim, fail }: Watch): void {
  if (body.kind !== 'compared') return
  const { wave, comparison } = body
  sim.counters.count(`compared ${comparison.verdict}`)
  const { waves = [] } = run.plan.canary ?? {}
  const treats = waves.slice(0, wave + 1).flatMap((one) => one.treats)
  const { controls = [] } = waves[wave] ?? {}
  const last = Math.max(0, ...run.calls.filter(({ target }) => treats.includes(target)).map(({ at }) => at))
  const was = (ref: ResourceRef, value: number): boolean =>
    sim.sight.since('up', ref, last).some((seen) => seen.value === value)
  const wrong = (why: string): void => fail(`${run.run}: wave ${wave} is said to be ${comparison.verdict}: ${why}`)
  const { verdict } = comparison
  // So few are sick here that chance makes any difference but that between all and few.
  const unseen = treats.find((ref) => !was(ref, 1))
  if ((verdict === 'better' || verdict === 'alone') && unseen) wrong(`${unseen} was not seen to be well`)
  if (verdict === 'better' && !controls.some((ref) => was(ref, 0))) wrong('no untouched one was seen to be sick')
  if (verdict === 'alone' && !controls.some((ref) => was(ref, 1))) wrong('no untouched one was seen to be well')
  if (comparison.recovered.some((ref) => !was(ref, 1))) wrong('who recovered was not seen to be well')
}

/** Every expectation of it was seen to be met before it did anything. */
function wasWell(run: RunView, { sim }: Watch): boolean {
  if (run.calls.length > 0) return false
  const since = Math.min(run.startedAt, sim.clock.trueMs() - 3000)
  return run.plan.verify.expectations.every(({ target }) =>
    sim.sight.since('up', target, since).some(({ value }) => value === 1),
  )
}

/** We take credit only for what was seen to be sick without us and well with us. */
function checkCredit(run: RunView, { body }: Seen, { sim, fail }: Watch): void {
  if (body.kind !== 'run-ended') return
  const { outcome, credited } = body
  const mended = outcome === 'healed' || outcome === 'helped'
  if (mended !== (credited !== undefined) && credited?.credit !== 'recovered-alone') {
    fail(`${run.run} ended ${outcome}, and is credited to ${credited?.credit ?? 'nobody'}`)
  }
  const comparisons = run.state.comparisons
  if (credited && credited.controlled !== comparisons.length > 0) fail(`${run.run} is said to be controlled, or not`)
  const stopped = comparisons.some(({ verdict }) => verdict === 'alone')
  if (stopped) sim.recoveredAlone.add(run.run)
  if (stopped && credited?.credit === 'fixed-by-us') fail(`${run.run} takes credit for what recovered alone`)
  if (credited?.credit === 'recovered-alone' && !sim.recoveredAlone.has(run.run)) {
    fail(`${run.run} gives away credit: nothing was seen to recover alone`)
  }
}
