import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pageOf } from './read.ts'

const name = (item: string): string => item
const lists = fc.uniqueArray(fc.string(), { maxLength: 30 })

test('page after page is the whole list, once', () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 10 }), (items, limit) => {
      const read: string[] = []
      let next: string | undefined
      do {
        const page = pageOf(items, { limit, ...(next !== undefined && { after: next }) }, name)
        expect(page.items.length).toBeLessThanOrEqual(limit)
        read.push(...page.items)
        next = page.next
      } while (next !== undefined)
      expect(read).toEqual(items)
    }),
  )
})

test('after an item that is gone, the list begins anew', () => {
  expect(pageOf(['a', 'b', 'c'], { after: 'gone', limit: 2 }, name)).toEqual({ items: ['a', 'b'], next: 'b' })
})
