import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { HOLD_MS, setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly rps: number; readonly holdMs: number }

/** Lets so many requests a second through to a pool and refuses the others. The pool itself ends it. */
export const rateLimit: Setting<Params, 'traffic'> = setting({
  name: 'rate-limit',
  needs: 'traffic',
  holds: true,
  params: z.strictObject({ target: ResourceRef, rps: z.number().positive(), holdMs: HOLD_MS }),
  wanted: ({ rps }) => ({ rateLimitRps: rps }),
})
