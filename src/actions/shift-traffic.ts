import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly weights: Readonly<Record<string, number>> }

/** Sets the share of the traffic that each named instance of a pool gets: 0 none, 100 the most. */
export const shiftTraffic: Setting<Params, 'traffic'> = setting({
  name: 'shift-traffic',
  needs: 'traffic',
  params: z.strictObject({
    target: ResourceRef,
    weights: z
      .record(z.string().min(1), z.number().min(0).max(100))
      .refine((weights) => Object.values(weights).some((weight) => weight > 0), 'leaves nobody to take the traffic'),
  }),
  wanted: ({ weights }) =>
    Object.fromEntries(Object.entries(weights).map(([instance, weight]) => [`weight.${instance}`, weight])),
})
