import fc from 'fast-check'
import { expect, test } from 'vitest'
import { continued, type Look, type Streak } from './good.ts'

const look = fc.record({
  identity: fc.constantFrom('one', 'two'),
  values: fc.record({ pool: fc.constantFrom(1, 2) }),
  ready: fc.boolean(),
})

test('a streak is as long as the same process was ready with the same values, look after look', () => {
  fc.assert(
    fc.property(fc.array(look), (looks) => {
      let streak: Streak = undefined
      for (const [now, one] of looks.entries()) streak = continued(streak, one, now)
      const last = looks.at(-1)
      const isSame = (other: Look): boolean =>
        other.ready && other.identity === last?.identity && other.values.pool === last.values.pool
      const broken = looks.findLastIndex((other) => !isSame(other))
      expect(streak?.sinceMs).toBe(last?.ready ? broken + 1 : undefined)
    }),
  )
})
