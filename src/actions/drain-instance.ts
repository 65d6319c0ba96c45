import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { HOLD_MS, setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly instance: string; readonly holdMs: number }

/** Gives an instance of a pool no new requests; those it has are served out. The pool itself takes it back in. */
export const drainInstance: Setting<Params, 'traffic'> = setting({
  name: 'drain-instance',
  needs: 'traffic',
  holds: true,
  params: z.strictObject({ target: ResourceRef, instance: z.string().min(1), holdMs: HOLD_MS }),
  wanted: ({ instance }) => ({ [`state.${instance}`]: 'drain' }),
})
