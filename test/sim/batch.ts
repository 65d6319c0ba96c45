import { newCounters, type Antecedent, type Counters } from './antecedents.ts'
import { MUTATIONS } from './mutations.ts'
import { simulate, type Result } from './sim.ts'

/** Seeds to run one after the other, up to the first that breaks a law. `mutation` is a mutant's name. */
export type Batch = { readonly firstSeed: number; readonly seeds: number; readonly mutation?: string }

export type BatchResult = {
  /** Seeds that were run, the broken one included. */
  readonly seeds: number
  readonly broken?: Result
  readonly counts: Counters['counts']
  readonly simulatedMs: number
}

export async function runBatch({ firstSeed, seeds, mutation }: Batch): Promise<BatchResult> {
  const mutant = MUTATIONS.find(({ name }) => name === mutation)
  if (mutation !== undefined && !mutant) throw new Error(`no mutant is called '${mutation}'`)
  const total = newCounters()
  let simulatedMs = 0
  for (let ran = 0; ran < seeds; ran++) {
    const result = await simulate({ seed: firstSeed + ran, ...(mutant && { mutation: mutant }) })
    addCounts(total, result.counts)
    simulatedMs += result.simulatedMs
    if (result.broken) return { seeds: ran + 1, broken: result, counts: total.counts, simulatedMs }
  }
  return { seeds, counts: total.counts, simulatedMs }
}

export function addCounts(total: Counters, counts: Counters['counts']): void {
  for (const [name, times] of Object.entries(counts)) total.count(name as Antecedent, times)
}
