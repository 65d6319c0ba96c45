import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly instance: string }

/** Gives a drained instance of a pool its requests again. */
export const returnInstance: Setting<Params, 'traffic'> = setting({
  name: 'return-instance',
  needs: 'traffic',
  params: z.strictObject({ target: ResourceRef, instance: z.string().min(1) }),
  wanted: ({ instance }) => ({ [`state.${instance}`]: 'up' }),
})
