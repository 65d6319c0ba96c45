import { expect, test } from 'vitest'
import { unhurried } from './unhurried.ts'

test('others have their turn wherever the work may be interrupted, and its answer is the same', async () => {
  const seen: string[] = []
  function* work(): Generator<void, number> {
    seen.push('first')
    yield
    seen.push('second')
    return 7
  }
  setImmediate(() => seen.push('another'))
  expect(await unhurried(work())).toBe(7)
  expect(seen).toEqual(['first', 'another', 'second'])
})
