import type { AnyAction } from '../domain/ports.ts'
import { erase } from './erase.ts'
import { restartInstance } from './restart-instance.ts'

/** Every kind of change there is, by name. */
export const actions: ReadonlyMap<string, AnyAction> = new Map(
  [erase(restartInstance, ['instances'])].map((action) => [action.name, action]),
)
