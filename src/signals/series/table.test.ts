import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeriesTable } from './table.ts'

const encoder = new TextEncoder()

test('keys have the slots that a map would give them, whatever comes and goes', () => {
  const operation = fc.record({
    key: fc.string({ minLength: 0, maxLength: 6, unit: fc.constantFrom('a', 'b', 'ü') }),
    source: fc.nat({ max: 2 }),
    goes: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
      const table = new SeriesTable(1)
      const known = new Map<string, number>()
      for (const { key, source, goes } of operations) {
        // Somewhere in a larger body, as decoders hand them in.
        const bytes = encoder.encode(`###${key}##`)
        const end = bytes.length - 2
        const name = `${source}/${key}`
        const slot = table.find(bytes, 3, end, source)
        expect(slot).toBe(known.get(name) ?? -1)
        const more = encoder.encode(`more of ${name}`)
        if (slot < 0) known.set(name, table.add(bytes, 3, end, source, more, more.length))
        else expect(new TextDecoder().decode(table.moreOf(slot))).toBe(`more of ${name}`)
        if (slot >= 0 && goes) {
          table.remove(slot)
          known.delete(name)
        }
        expect(table.size).toBe(known.size)
      }
      expect(new Set(known.values()).size).toBe(known.size)
    }),
    { numRuns: 50 },
  )
})

test('50,000 keys are found again in any order, and half of them when the others have gone', () => {
  const table = new SeriesTable(7)
  const keys = Array.from({ length: 50_000 }, (_, i) => encoder.encode(`http_requests{path="/items/${i}"}`))
  const find = (key: Uint8Array): number => table.find(key, 0, key.length, 0)
  const slots = keys.map((key) => table.add(key, 0, key.length, 0, new Uint8Array(0), 0))
  expect(keys.toReversed().map(find)).toEqual(slots.toReversed())
  for (let i = 0; i < keys.length; i += 2) table.remove(slots[i]!)
  expect(keys.map(find)).toEqual(slots.map((slot, i) => (i % 2 === 0 ? -1 : slot)))
  const more = keys.filter((_, i) => i % 2 === 0).map((key) => table.add(key, 0, key.length, 0, new Uint8Array(0), 0))
  expect(new Set(more)).toEqual(new Set(slots.filter((_, i) => i % 2 === 0)))
  expect(table.end).toBe(50_000)
})

test('what is too long to keep is not kept', () => {
  const table = new SeriesTable(7)
  expect(table.add(new Uint8Array(60_000), 0, 60_000, 0, new Uint8Array(6000), 6000)).toBe(-1)
  expect(table.size).toBe(0)
  expect(() => table.moreOf(0)).toThrow('no series has slot 0')
})
