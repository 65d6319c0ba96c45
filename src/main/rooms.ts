import { actions } from '../actions/registry.ts'
import { REMEDIES } from '../decide/registry.ts'
import { DIAGNOSIS_ENGINES } from '../diagnose/registry.ts'
import type { EnginePorts } from '../engine/ports.ts'
import { GATES } from '../gate/registry.ts'

/** What the rooms offer, by their registries. */
export const ROOMS: Pick<EnginePorts, 'gates' | 'actions' | 'remedies' | 'engines'> = {
  gates: GATES,
  actions: [...actions.values()],
  remedies: REMEDIES,
  engines: DIAGNOSIS_ENGINES,
}
