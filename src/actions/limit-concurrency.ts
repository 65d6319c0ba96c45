import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { HOLD_MS, setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly limit: number; readonly holdMs: number }

/** Lets so many requests be under way in a pool at once; the others wait or are refused. The pool itself ends it. */
export const limitConcurrency: Setting<Params, 'traffic'> = setting({
  name: 'limit-concurrency',
  needs: 'traffic',
  holds: true,
  params: z.strictObject({ target: ResourceRef, limit: z.int().positive(), holdMs: HOLD_MS }),
  wanted: ({ limit }) => ({ concurrency: limit }),
})
