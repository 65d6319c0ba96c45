import { z } from 'zod'
import { ResourceRef } from '../domain/resource.ts'
import { setting, type Setting } from './setting.ts'

type Params = { readonly target: ResourceRef; readonly replicas: number }

/** Sets how many instances a service has. Those that go lose what they hold in memory, after they have served it out. */
export const scale: Setting<Params, 'workloads'> = setting({
  name: 'scale',
  needs: 'workloads',
  params: z.strictObject({ target: ResourceRef, replicas: z.int().min(0).max(1000) }),
  wanted: ({ replicas }) => ({ replicas }),
})
