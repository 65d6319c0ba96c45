import { objections } from '../../../src/domain/verdict.ts'
import type { Law } from './law.ts'

const SETTLED_MS = 100

/**
 * Invariant 8: shadow begins nothing on any target, and says what it would have done. What was applied before may be
 * taken back: the `allow` of a plan covers its undo.
 */
export const shadow: Law = {
  name: '8 shadow writes nothing',
  watch({ sim, fail, onEntry }) {
    onEntry(({ body, run = '', incident = '' }) => {
      const { settings, since } = sim.adopted
      const inShadow = settings.mode === 'shadow' && sim.clock.trueMs() - since > SETTLED_MS
      const begins = body.kind === 'run-started' || (body.kind === 'step-started' && body.effect)
      if (inShadow && begins) fail(`${run}: ${body.kind} in shadow`)
      if (body.kind !== 'would-run') return
      sim.counters.count('shadow run')
      if (objections(body.verdict).some(({ gate }) => gate !== 'shadow')) fail(`${incident} would not have run`)
    })
  },
}
