import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWindows } from '../../signals/windows.ts'
import type { ResourceRef } from '../resource.ts'
import { judge } from './evaluate.ts'
import { parseCondition } from './parse.ts'
import { surelyFalse } from './surely.ts'

const target: ResourceRef = 'lab:shop/instance/web-1'
const INTERVAL_MS = 1000
const compare = fc
  .tuple(
    fc.constantFrom('a', 'b', 'avg(a[5s])', 'max(b[3s])', 'gone', 'alias', 'threshold', 'a{x="1"}'),
    fc.constantFrom('>', '<', '=='),
    fc.constantFrom('0', '1', '2', 'threshold'),
  )
  .map((parts) => parts.join(' '))
const condition = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    compare,
    fc.tuple(tie('any'), fc.constantFrom('and', 'or'), tie('any')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie('any').map((of) => `not (${of})`),
    tie('any').map((of) => `(${of}) for 3s`),
    fc.tuple(tie('any'), compare).map(([of, until]) => `(${of}) for 2 samples until (${until})`),
  ),
})).any
const values = fc.array(fc.option(fc.integer({ min: 0, max: 2 })), { minLength: 8, maxLength: 12 })
// A second series of one metric makes it ambiguous.
const few = fc.oneof({ weight: 5, arbitrary: fc.constant([]) }, values)

test('what is surely false is judged to be false, whatever the condition and whatever was seen', () => {
  let sure = 0
  fc.assert(
    fc.property(condition, values, values, few, fc.boolean(), (text, a, b, labelled, wasActive) => {
      const windows = createWindows()
      for (const [metric, seen, labels] of [
        ['a', a, {}],
        ['b', b, {}],
        ['a', labelled, { x: '1' }],
      ] as const) {
        for (const [i, value] of seen.entries()) {
          if (value === null) continue
          const sample = { metric, labels, target, at: i * INTERVAL_MS, value }
          windows.add({ source: 'test', intervalMs: INTERVAL_MS, samples: [sample] })
        }
      }
      const read = parseCondition(text)
      const scope = { windows, target, now: 11 * INTERVAL_MS, aliases: new Map([['alias', 'a + 1']]) }
      if (!surelyFalse(read, scope)) return
      sure += 1
      expect(judge(read, { ...scope, wasActive }).state).toBe('false')
    }),
    { numRuns: 3000 },
  )
  // Else it would prove nothing.
  expect(sure).toBeGreaterThan(50)
})
