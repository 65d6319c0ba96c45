import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { operation, type Operation } from './operation.ts'

type Params = { readonly target: ResourceRef; readonly keys?: readonly string[] }

/** Fills an instance's cache with the named keys, else with the hottest that its declared source names. */
export const warmCache: Operation<Params, 'caches'> = operation({
  name: 'warm-cache',
  needs: 'caches',
  params: z.strictObject({ target: ResourceRef, keys: z.array(z.string()).exactOptional() }),
  sends: ({ keys }) => (keys ? { keys } : {}),
  reversibility: 'irreversible',
  stepTimeoutMs: 20_000,
})
