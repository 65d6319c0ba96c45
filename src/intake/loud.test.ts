import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLoud } from './loud.ts'

const slotsOf = (loud: ReturnType<typeof createLoud>, now: number): number[] =>
  loud.loudest(now).map(({ slot }) => slot)

test('listed is what was loud three times in a row', () => {
  const samples = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 })
  fc.assert(
    fc.property(samples, (isLoud) => {
      const loud = createLoud()
      isLoud.forEach((one, i) => one && loud.hear(7, i * 1000, 0, 5, i))
      const asText = isLoud.map(Number).join('')
      expect(slotsOf(loud, 30_000)).toEqual(asText.includes('111') ? [7] : [])
      if (!asText.includes('111')) return
      const [listed] = loud.loudest(30_000)
      expect(listed).toMatchObject({ since: asText.indexOf('111') * 1000, at: asText.lastIndexOf('1') * 1000 })
    }),
  )
})

test('a series that begins anew, or whose slot is another one, begins with nothing', () => {
  const loud = createLoud()
  for (const seen of [100, 101, 0]) loud.hear(1, seen, 0, 5, seen)
  for (const seen of [100, 101]) loud.hear(2, seen, 0, 5, seen)
  loud.end(2)
  loud.hear(2, 102, 0, 5, 102)
  expect(slotsOf(loud, 200)).toEqual([])
})

test('the loudest come first, only so many, and none that was loud too long ago', () => {
  const loud = createLoud(2)
  const last = (slot: number, at: number, evidence: number): void => {
    for (const i of [0, 1, 2]) loud.hear(slot, at + i, 0, evidence, i)
  }
  last(1, 0, 9)
  last(2, 200_000, 5)
  last(3, 200_000, 7)
  last(4, 200_000, 6)
  expect(slotsOf(loud, 200_002)).toEqual([1, 3])
  expect(slotsOf(loud, 400_000)).toEqual([3, 4])
  expect(slotsOf(loud, 600_000)).toEqual([])
})

test('only so many are followed, until others are forgotten', () => {
  const loud = createLoud(10, 1)
  const last = (slot: number, at: number): void => [0, 1, 2].forEach((i) => loud.hear(slot, at + i, 0, 5, i))
  last(1, 0)
  last(2, 0)
  expect(slotsOf(loud, 10)).toEqual([1])
  expect(slotsOf(loud, 400_000)).toEqual([])
  last(2, 400_000)
  expect(slotsOf(loud, 400_010)).toEqual([2])
})
