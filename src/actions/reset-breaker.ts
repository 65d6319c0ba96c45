import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef }

/** Lets requests through to a pool again. */
export const resetBreaker: Setting<Params, 'traffic'> = setting({
  name: 'reset-breaker',
  needs: 'traffic',
  params: z.strictObject({ target: ResourceRef }),
  wanted: () => ({ breaker: 'closed' }),
})
