import { SHADOW } from '../../domain/verdict.ts'
import { ALLOW, type Gate } from '../gate.ts'

/** Shadow writes to no target, ever; everything else is asked and recorded all the same. */
export const shadow: Gate = {
  name: SHADOW,
  guardsUndo: false,
  ask({ world }) {
    if (world.mode === 'live') return ALLOW('mode is live')
    return {
      answer: 'deny',
      reason: 'shadow: it would have run, and writes nothing',
      unlocks: 'mode: live in kintsugi.yaml',
    }
  },
}
