import { expect, test } from 'vitest'
import { LEAST_SEEDS, missing } from './antecedents.ts'
import { runBatch } from './batch.ts'
import { simulate } from './sim.ts'

test(
  'two hundred seeds hold every law, and everything the laws speak of happens often enough',
  { timeout: 300_000 },
  async () => {
    const { broken, counts, seeds } = await runBatch({ firstSeed: 1, seeds: LEAST_SEEDS })
    expect(broken && { seed: broken.seed, ...broken.broken }).toBeUndefined()
    expect(missing(counts, seeds)).toEqual([])
  },
)

test('a seed gives the same run again', async () => {
  const [first, second] = [await simulate({ seed: 42 }), await simulate({ seed: 42 })]
  expect(second).toEqual(first)
})

test.each(['gate blindness allows', 'entry undo-started is not appended', 'asking: repeat is not asked'])(
  'the laws notice a mutant: %s',
  async (mutation) => {
    expect((await runBatch({ firstSeed: 1, seeds: 50, mutation })).broken?.broken).toBeDefined()
  },
)
