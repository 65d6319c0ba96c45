import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Incident } from '../../../src/domain/incident.ts'
import { listFilterFrom, listSearchOf, noteOf, rowsOf, windowOf } from './rows.ts'
import { STORIES } from './stories.ts'

const { incident } = STORIES.diagnosed
const opened = (id: string, openedAt: number): Incident => ({ ...incident, id, openedAt })
const over = (id: string, openedAt: number): Incident => ({
  ...STORIES.healed.incident,
  id,
  openedAt,
  closedAt: openedAt + 1000,
})
const ids = (rows: readonly Incident[]): string[] => rows.map(({ id }) => id)
const byId = (...all: readonly Incident[]): Map<string, Incident> => new Map(all.map((one) => [one.id, one]))

test('the open ones come first, then the newest first, and none twice', () => {
  const open = [opened('a', 1), opened('b', 5), opened('c', 3)]
  const closed = byId(over('x', 9), over('y', 2), over('c', 3))
  expect(ids(rowsOf(open, closed, { state: 'all', text: '' }))).toEqual(['b', 'a', 'x', 'c', 'y'])
  expect(ids(rowsOf(open, closed, { state: 'open', text: '' }))).toEqual(['b', 'a'])
  expect(ids(rowsOf(open, closed, { state: 'closed', text: '' }))).toEqual(['x', 'c', 'y'])
})

test('every word must be found, in whatever case, in what a row is about', () => {
  const open = [opened('a', 1), { ...opened('b', 5), owner: 'lab:shop/service/web' as const }]
  const found = (text: string): string[] => ids(rowsOf(open, new Map(), { state: 'all', text }))
  expect(found('SERVICE/CHECKOUT pool-exhausted')).toEqual(['a'])
  expect(found('shop')).toEqual(['b', 'a'])
  expect(found('checkout web-17')).toEqual([])
})

test('a filter comes back from the URL as it went in, and nonsense is none', () => {
  fc.assert(
    fc.property(fc.constantFrom('all', 'open', 'closed'), fc.string({ unit: 'grapheme' }), (state, text) => {
      const params = new URLSearchParams(listSearchOf({ state, text }))
      expect(listFilterFrom(params)).toEqual({ state, text })
    }),
  )
  expect(listFilterFrom(new URLSearchParams('state=constructor'))).toEqual({ state: 'all', text: '' })
})

test('the rows in sight are made, few others, and none that there is not', () => {
  const natural = fc.integer({ min: -1_000_000, max: 1_000_000 })
  fc.assert(
    fc.property(natural, fc.nat(3000), fc.nat(100), fc.nat(10_000), (topPx, viewPx, rowPx, count) => {
      const { first, last } = windowOf({ topPx, viewPx, rowPx, count })
      expect(first).toBeGreaterThanOrEqual(0)
      expect(last).toBeLessThanOrEqual(count)
      if (rowPx === 0) return
      expect(last - first).toBeLessThanOrEqual(Math.ceil(viewPx / rowPx) + 40)
      for (let row = 0; row < count; row += 1) {
        const from = topPx + row * rowPx
        const isSeen = from + rowPx > 0 && from < viewPx
        if (isSeen) expect(row >= first && row < last).toBe(true)
      }
    }),
    { numRuns: 50 },
  )
})

test('a row says the one thing that counts', () => {
  const kinds = Object.fromEntries(Object.entries(STORIES).map(([name, view]) => [name, noteOf(view.incident).kind]))
  expect(kinds).toMatchObject({
    new: 'notDecided',
    waiting: 'proposed',
    applying: 'running',
    stopping: 'running',
    takenOver: 'takenOver',
    called: 'waits',
    stuck: 'ran',
    quietAlone: 'well',
    healed: 'ended',
    unknown: 'ended',
  })
})
