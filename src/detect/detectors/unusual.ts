import type { Evidence, Finding } from '../../domain/finding.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import type { SeriesName, Unusual } from '../../domain/series.ts'
import { fingerprintOf } from '../fingerprint.ts'
import { raised } from '../many/multi.ts'
import type { Detector } from '../world.ts'

/** What stands in the place of a policy: these expectations are nobody's but the detectors'. */
export const UNUSUAL = 'unusual'
/** A name that no policy can have: a policy that is called the same is not mixed up with it. */
const OWN_NAME = `${UNUSUAL}\n`

/**
 * What statistical and learned detectors hold to be out of the ordinary: one finding for each target, with all that is
 * unusual about it. Two metrics at once are seldom chance, and graver than one.
 */
export const unusualDetector: Detector = {
  name: 'unusual',
  detect: (_, { unusual = [], topology }) => {
    const byTarget = Map.groupBy(unusual, ({ target }) => target)
    return [...byTarget].flatMap(([target, all]) =>
      target !== undefined && topology.has(target) ? [findingOn(target, all)] : [],
    )
  },
}

function findingOn(target: ResourceRef, all: readonly Unusual[]): Finding {
  const loudest = all.toSorted((a, b) => b.score - a.score)
  const metrics = new Set(all.flatMap(({ series }) => series.map(({ metric }) => metric)))
  const more = metrics.size > 1 ? ` (${metrics.size} metrics at once)` : ''
  return {
    fingerprint: fingerprintOf(OWN_NAME, target),
    policy: UNUSUAL,
    target,
    state: 'violated',
    since: Math.min(...all.map(({ since }) => since)),
    severity: raised('info', metrics.size),
    summary: `${target}: unusual: ${loudest[0]?.text ?? ''}${more}`,
    evidence: loudest.map(evidenceOf),
    lead: 'unusual',
  }
}

/** The value is the score: 0 as ever, 1 never seen so. */
function evidenceOf({ series, detector, score, at, text }: Unusual): Evidence {
  const value = Number(score.toFixed(3))
  return { signal: `${detector} on ${series.map(nameOf).join(' and ')}`, value, at, text }
}

function nameOf({ metric, labels }: SeriesName): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(',')}}`
}
