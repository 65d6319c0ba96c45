import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { operation, type Operation } from './operation.ts'

type Params = { readonly target: ResourceRef }

/** Drops the connections of an instance's pool and opens new ones. Requests on the dropped ones fail. */
export const resetPool: Operation<Params, 'pools'> = operation({
  name: 'reset-pool',
  needs: 'pools',
  params: z.strictObject({ target: ResourceRef }),
  sends: () => ({}),
  reversibility: 'irreversible',
  leaves: () => ({ taken: 0 }),
})
