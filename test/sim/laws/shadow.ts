import { objections } from '../../../src/domain/verdict.ts'
import type { Law } from './law.ts'

const SETTLED_MS = 100

/**
 * Invariant 8: in shadow no write leaves for any target, and it is said what would have been done. What was announced
 * before may still leave, and may be taken back: the `allow` of a plan covers its undo.
 */
export const shadow: Law = {
  name: '8 shadow writes nothing',
  watch({ sim, fail, onEntry, onCall }) {
    /** True time; Infinity while it is live. */
    let since = Infinity
    onCall((call, run) => {
      const applied = run?.announced.findLast(({ step, isUndo }) => step === call.step && !isUndo)
      if ((applied?.at ?? Infinity) > since + SETTLED_MS)
        fail(`${call.what} of ${call.target} by ${call.key} leaves in shadow`)
    })
    onEntry(({ body, run = '', incident = '' }) => {
      const { settings } = sim.adopted
      if (body.kind === 'config-loaded')
        since = settings.mode === 'shadow' ? Math.min(since, sim.adopted.since) : Infinity
      const begins = body.kind === 'run-started' || (body.kind === 'step-started' && body.effect)
      if (begins && sim.clock.trueMs() > since + SETTLED_MS) fail(`${run}: ${body.kind} in shadow`)
      if (body.kind !== 'would-run') return
      sim.counters.count('shadow run')
      if (objections(body.verdict).some(({ gate }) => gate !== 'shadow')) fail(`${incident} would not have run`)
    })
  },
}
