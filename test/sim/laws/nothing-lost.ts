import type { ResourceRef } from '../../../src/domain/resource.ts'
import type { RunView } from '../history.ts'
import type { Law, Watch } from './law.ts'

/**
 * Invariant 6: no effect is missing from the record, and the observable state equals one apply: no key lands twice, what
 * is verified is so, and what is rolled back is as it was before, unless somebody else has changed it since.
 */
export const nothingLost: Law = {
  name: '6 one apply, or none',
  watch(x) {
    const { sim, fail, onEntry } = x
    const landed = new Set<string>()
    sim.world.onLanding(({ key, target }) => {
      if (key === undefined) return
      if (landed.has(key)) fail(`${key} has landed twice on ${target}`)
      landed.add(key)
      const run = sim.history.runs.get(key.split('/')[0] ?? '')
      if (!run?.announced.some(({ step, isUndo }) => key === `${run.run}/${step}${isUndo ? '/undo#back' : ''}`)) {
        fail(`${key} has landed on ${target}, and the record does not know it`)
      }
    })
    onEntry(({ body, run = '' }) => {
      const view = sim.history.runs.get(run)
      if (!view) return
      if (body.kind === 'step-succeeded' && body.step.endsWith('/verify')) checkVerified(view, body.step, x)
      if (body.kind === 'undo-finished') checkRestored(view, body.step, x)
    })
  },
}

/** The moment of the check is the moment of the entry: what holds then need not hold later. */
function checkVerified(run: RunView, verify: string, { sim, fail }: Watch): void {
  const step = run.plan.steps.find(({ name }) => `${name}/verify` === verify)
  if (!step || touchedByOthers(step.target, sim)) return
  if (step.action === 'set-weight') {
    const { weight } = step.params as { weight: number }
    if (sim.world.weight(step.target).weight !== weight)
      fail(`${run.run} verified a weight that ${step.target} has not`)
  }
  if (step.action === 'restart-instance') {
    const before = captured(run, step.name) as { identity: string } | undefined
    const now = sim.world.state(step.target)
    if (now.identity === before?.identity) fail(`${run.run} verified a restart of ${step.target} that never was`)
  }
}

function checkRestored(run: RunView, name: string, { sim, fail }: Watch): void {
  const step = run.plan.steps.find((one) => one.name === name)
  if (!step || step.action !== 'set-weight' || touchedByOthers(step.target, sim)) return
  const before = captured(run, name) as { weight: number } | undefined
  const now = sim.world.weight(step.target).weight
  if (before?.weight !== now) fail(`${run.run} rolled back ${step.target}: it was ${before?.weight} and is ${now}`)
}

function captured(run: RunView, name: string): unknown {
  const step = run.state.steps.get(`${name}/capture`)
  return step?.status === 'succeeded' ? step.result : undefined
}

/** Whether somebody else changed it so lately that nobody could have looked since. */
function touchedByOthers(target: ResourceRef, { world, clock }: Watch['sim']): boolean {
  return world.landings.some(
    (landing) => landing.target === target && landing.key === undefined && clock.trueMs() - landing.at < 7000,
  )
}
