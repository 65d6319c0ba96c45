import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { DiagnosisEngine } from '../diagnose.ts'

/** Just enough to be acted upon. */
const CONFIDENCE = 0.3
/** What is telling often comes a moment after what is vague: so long is waited for a better word, in milliseconds. */
const WAITS_MS = 30_000

/**
 * The word of whoever wrote the policy, where nobody has a better one: what has been violated for a while, and no engine
 * explains, is taken for its own cause, so that a policy of one's own about a metric of one's own is followed.
 */
export const policy: DiagnosisEngine = {
  name: 'policy',
  suggest: () => [],
  weigh(said, { incident, now }) {
    if (said.some(({ confidence }) => confidence >= CONFIDENCE)) return said
    const lasting = incident.findings.filter(
      ({ state, since, lead }) => state === 'violated' && lead === undefined && now - since >= WAITS_MS,
    )
    const own = lasting.map(({ policy: name, target, summary, evidence }): Hypothesis => ({
      cause: 'named-by-policy',
      target,
      confidence: CONFIDENCE,
      summary: `nothing but policy '${name}' says what is wrong: ${summary}`,
      for: evidence,
      against: [],
    }))
    return [...said, ...own]
  },
}
