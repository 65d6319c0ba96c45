import { GATES } from '../../../src/gate/registry.ts'
import type { Announced } from '../history.ts'
import type { Law } from './law.ts'

/** The longest step time-out there is, and a slow disk; while the machine sleeps nobody can look at a clock. */
const AT_THAT_MOMENT_MS = 10_100
const ASKED = {
  apply: GATES.map(({ name }) => name),
  undo: GATES.filter(({ guardsUndo }) => guardsUndo).map(({ name }) => name),
}

/**
 * Invariant 2: every effect is announced first, durably, with the `allow` of all gates for exactly this step, asked in
 * this life of the process and at this moment. One announcement covers one write: a repeat is asked again.
 */
export const askedFirst: Law = {
  name: '2 no effect without an allow',
  watch({ sim, fail, onCall, onEntry }) {
    const used = new Set<Announced>()
    const sleptBefore = new Map<number, number>()
    onEntry(({ seq }) => sleptBefore.set(seq, sim.sleptMs))
    onCall((call, run) => {
      const what = `${call.what} of ${call.target} by ${call.key}`
      const asked = run?.announced.findLast(({ step, isUndo }) => step === call.step && isUndo === call.isUndo)
      if (!asked) return fail(`${what} was never announced`)
      if (used.has(asked)) return fail(`${what} is repeated without being asked again`)
      used.add(asked)
      const { verdict } = asked
      if (verdict.answer !== 'allow') fail(`${what} was not allowed: ${verdict.answer}`)
      if (asked.life !== call.life) fail(`${what} was allowed before the restart`)
      const agoMs = call.at - asked.at - (sim.sleptMs - (sleptBefore.get(asked.seq) ?? 0))
      if (agoMs > AT_THAT_MOMENT_MS) fail(`${what} was allowed ${agoMs} ms before`)
      const answered = verdict.answers.map(({ gate }) => gate)
      const silent = ASKED[call.isUndo ? 'undo' : 'apply'].filter((gate) => !answered.includes(gate))
      if (silent.length > 0) fail(`${what}: ${silent.join(', ')} did not answer`)
      const planned = run?.plan.steps.find(({ name }) => name === call.step)
      if (planned?.target !== call.target) fail(`${what} is not what the plan names`)
    })
  },
}
