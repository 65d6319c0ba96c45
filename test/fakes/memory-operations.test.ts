import type { ResourceRef } from '../../src/domain/resource.ts'
import { operationsLaws } from '../operations-laws.ts'
import { memoryOperations } from './memory-operations.ts'

const target: ResourceRef = 'lab:shop/instance/api-1'

operationsLaws('operations in memory', async () => {
  const operations = memoryOperations([target], { takes: ({ keys }) => Array.isArray(keys) })
  return {
    operations,
    target,
    params: { keys: ['a'] },
    refused: [{}, { keys: 'a' }],
    effects: async () => operations.effects.length,
    blind: async () => operations.blind(target),
    close: async () => {},
  }
})
