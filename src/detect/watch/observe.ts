import type { ResourceRef } from '../../domain/resource.ts'
import type { Labels, Observation, Sample } from '../../domain/signal.ts'
import type { Watch } from './watch.ts'

/** Feeds a watch with what sources see: each series of a target gets a number. */
export function observing(watch: Watch): (observation: Observation) => void {
  const numbers = new Map<ResourceRef, Map<string, number>>()
  let last = 0

  const numberOf = (sample: Sample, intervalMs: number): number => {
    const { target, metric, labels } = sample
    const ofTarget = numbers.get(target) ?? new Map<string, number>()
    const key = keyOf(metric, labels)
    const known = ofTarget.get(key)
    if (known !== undefined) return known
    numbers.set(target, ofTarget.set(key, ++last))
    watch.begin(last, { metric, labels, target, intervalMs })
    return last
  }

  return ({ intervalMs, samples }) => {
    for (const sample of samples) {
      if (isWorthALook(sample.metric)) watch.take(numberOf(sample, intervalMs), sample.at, sample.value)
    }
  }
}

/**
 * A histogram's buckets say in many series what its count and sum say in two; what a process is built of, and since when
 * it runs, changes with every start.
 */
function isWorthALook(metric: string): boolean {
  return !/_(bucket|info|created)$|_start_time_seconds$/.test(metric)
}

function keyOf(metric: string, labels: Labels): string {
  const names = Object.keys(labels).toSorted()
  return names.length === 0 ? metric : JSON.stringify([metric, ...names.map((name) => [name, labels[name]])])
}
