import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { operation, type Operation } from './operation.ts'

type Params = { readonly target: ResourceRef }

/** Removes files by the rules that are declared for the target, and no others: no path and no pattern travels. */
export const cleanDisk: Operation<Params, 'disks'> = operation({
  name: 'clean-disk',
  needs: 'disks',
  params: z.strictObject({ target: ResourceRef }),
  sends: () => ({}),
  reversibility: 'irreversible',
  leaves: () => ({ files: 0, wouldFreeBytes: 0 }),
  stepTimeoutMs: 20_000,
})
