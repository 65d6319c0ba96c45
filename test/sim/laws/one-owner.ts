import type { Law } from './law.ts'

/**
 * Invariant 6 where two owners overlap: whoever has a successor writes nothing more to the record, and begins nothing more
 * at a target. One write that it had announced before may still leave, once; that it is no second effect is for the law of
 * one apply to say.
 */
export const oneOwner: Law = {
  name: '6 one owner writes',
  watch({ sim, fail, onCommit, onLateCall }) {
    onCommit((life) => {
      if (life !== sim.life?.n) fail(`life ${life} has written to the record, which life ${sim.life?.n} owns`)
    })
    onLateCall((call, run) => {
      sim.counters.count('late write')
      const what = `${call.what} of ${call.target} by ${call.key} leaves by life ${call.life}, which has a successor:`
      const asked = run?.announced.findLast(
        ({ step, isUndo, life }) => step === call.step && isUndo === call.isUndo && life === call.life,
      )
      if (!asked) return fail(`${what} it never announced that`)
      const isSame = (one: typeof call): boolean =>
        one !== call && one.key === call.key && one.life === call.life && one.at >= asked.at
      if (sim.history.calls.some(isSame)) fail(`${what} it is a repeat`)
    })
  },
}
