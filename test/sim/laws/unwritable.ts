import type { Law } from './law.ts'

/** Invariant 10: a record that cannot be written lets no new effect begin. */
export const unwritable: Law = {
  name: '10 no record, no effect',
  watch({ sim, fail, onCall }) {
    onCall((call, run) => {
      const { state, since } = sim.store
      const asked = run?.announced.findLast(({ step, isUndo }) => step === call.step && isUndo === call.isUndo)
      if (state !== 'ok' && !call.isUndo && (asked?.at ?? 0) > since)
        fail(`${call.key} begins while the store is ${state}`)
      if (state === 'broken' && (asked?.at ?? Infinity) > since) fail(`${call.key} begins while the store is broken`)
    })
  },
}
