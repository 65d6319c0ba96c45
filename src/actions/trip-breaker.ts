import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { HOLD_MS, setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly holdMs: number }

/** Refuses every request to a pool at once, so that who waits for it need not. The pool itself closes it again. */
export const tripBreaker: Setting<Params, 'traffic'> = setting({
  name: 'trip-breaker',
  needs: 'traffic',
  holds: true,
  params: z.strictObject({ target: ResourceRef, holdMs: HOLD_MS }),
  wanted: () => ({ breaker: 'open' }),
})
