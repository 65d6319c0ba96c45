import type { ResourceRef } from '../../src/domain/resource.ts'
import { instancesLaws } from '../connector-laws.ts'
import { memoryInstances } from './memory-instances.ts'

const target: ResourceRef = 'lab:shop/instance/web-1'

for (const readyAfterReads of [0, 3]) {
  instancesLaws(`instances in memory, ready after ${readyAfterReads} reads`, async () => {
    const instances = memoryInstances([target], { readyAfterReads })
    return {
      instances,
      target,
      effects: async () => instances.effects.length,
      crash: async () => instances.set(target, { running: false }),
      blind: async () => instances.blind(target),
      close: async () => {},
    }
  })
}
