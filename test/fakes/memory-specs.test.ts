import type { ResourceRef } from '../../src/domain/resource.ts'
import { specsLaws } from '../specs-laws.ts'
import { memorySpecs } from './memory-specs.ts'

const target: ResourceRef = 'edge:shop/pool/web'

specsLaws('specs in memory', async () => {
  const first = { 'weight.web-1': 50, 'weight.web-2': 50, breaker: 'closed' }
  const specs = memorySpecs(
    { [target]: first },
    { takes: (name, value) => name.startsWith('weight.') && typeof value === 'number' && value >= 0 },
  )
  return {
    specs,
    target,
    one: { 'weight.web-1': 10, 'weight.web-3': 20 },
    two: { 'weight.web-1': 30, 'weight.web-3': 40 },
    beside: { 'weight.web-2': 60 },
    removable: 'weight.web-3',
    refused: [{ nonsense: 1 }, { 'weight.web-2': -1 }, { 'weight.web-2': 'much' }],
    blind: async () => specs.blind(target),
    close: async () => {},
  }
})
