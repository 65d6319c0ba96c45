import { restartInstance } from './remedies/restart-instance.ts'
import { restartService } from './remedies/restart-service.ts'
import type { Remedy } from './remedy.ts'

/** Every remedy a ladder may name, besides `page`. */
export const REMEDIES: readonly Remedy[] = [restartInstance, restartService]
