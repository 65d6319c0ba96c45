import { z } from 'zod'
import type { Spec } from '../domain/ports.ts'
import { ResourceRef } from '../domain/resource.ts'
import { setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly values: Spec['values'] }

/** Sets values of a target's own configuration, by name; null takes one away. */
export const changeConfig: Setting<Params, 'configuration'> = setting({
  name: 'change-config',
  needs: 'configuration',
  params: z.strictObject({
    target: ResourceRef,
    values: z.record(z.string(), z.json()).refine((values) => Object.keys(values).length > 0, 'names nothing'),
  }),
  wanted: ({ values }) => values,
})
