import type { Hypothesis } from '../../domain/diagnosis.ts'
import { durableOwner, related } from '../../domain/topology.ts'
import { BRINGS } from '../causes.ts'
import type { Case, DiagnosisEngine } from '../diagnose.ts'
import { evidence, trafficGrowth } from '../history.ts'
import { belowOf, type Below } from '../walk.ts'

/** What is left of a hypothesis that a likely cause elsewhere, or a more telling one here, brings about. */
const SYMPTOM = 0.5
/** The same, where nobody sees whether it really has more to do. */
const PERHAPS = 0.8
/** A cause less likely than this explains nothing. */
const LIKELY = 0.6
/** Traffic of so many times the past is what a cause above may have sent down. */
const MORE = 1.2

/**
 * Weighs causes against each other: one fault drags others with it, down to what is asked (a cold cache makes its database
 * busy), up to who asks, and on the spot. What one of them brings about is a symptom, and says so.
 */
export const symptoms: DiagnosisEngine = {
  name: 'symptoms',
  suggest: () => [],
  weigh(said, x) {
    const below = belowOf(x.topology)
    return said.map((one) => {
      const factors = said.map((other) => ({ other, factor: factorOf(other, one, x, below) }))
      const { other, factor } = factors.reduce((a, b) => (b.factor < a.factor ? b : a))
      if (factor === 1) return one
      const summary = `${one.summary}; likely a symptom of ${other.cause} on ${other.target}`
      const against = [...one.against, evidence(`${other.cause} on ${other.target}`, other.confidence, x.now)]
      return { ...one, confidence: one.confidence * factor, summary, against }
    })
  },
}

/** What is left of a hypothesis, given another; 1 where that has nothing to do with it. */
function factorOf(other: Hypothesis, one: Hypothesis, x: Case, below: Below): number {
  const brings = BRINGS[other.cause]
  if (!brings || other === one || other.confidence < LIKELY) return 1
  if (related(x.topology, other.target, one.target)) return brings.here.includes(one.cause) ? SYMPTOM : 1
  if (brings.above?.includes(one.cause) && below(one.target).has(other.target)) return SYMPTOM
  if (!brings.below?.includes(one.cause) || !below(other.target).has(one.target)) return 1
  const growth = trafficGrowth(durableOwner(x.topology, one.target), x)
  if (growth === undefined) return PERHAPS
  return growth >= MORE ? SYMPTOM : 1
}
