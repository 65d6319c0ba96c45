import { lastFindings } from '../../../src/cli/story.ts'
import type { Hypothesis } from '../../../src/domain/diagnosis.ts'
import type { Finding } from '../../../src/domain/finding.ts'
import type { IncidentView } from '../../../src/domain/view.ts'
import { isUnseen, standOf } from './stand.ts'
import { symptomOf } from './symptom.ts'
import type { Say, Surety, Telling, Tongue } from './tongue.ts'

/** An incident in one sentence of plain words. Pure: the same view gives the same sentence. */
export function sentenceOf(view: IncidentView, tongue: Tongue, say: Say): string {
  return tongue.sentence(tellingOf(view), say)
}

/** What the sentence on an incident says, in no language yet. */
export function tellingOf(view: IncidentView): Telling {
  const { incident } = view
  const stand = standOf(view)
  const [first] = incident.diagnosis?.hypotheses ?? []
  const findings = worstFindings(view)
  const dueAt = Math.min(...findings.flatMap((finding) => finding.dueAt ?? []))
  return {
    owner: incident.owner,
    symptom: symptomOf(findings),
    ...(Number.isFinite(dueAt) && { dueAt }),
    past: stand.kind === 'over' || stand.kind === 'quiet',
    ...(first && { cause: { cause: first.cause, target: first.target, surety: suretyOf(first) } }),
    stand,
    unseen: isUnseen(incident),
  }
}

/** From 0.8 on a cause is told without a doubt, below one half with much. */
export function suretyOf({ confidence }: Pick<Hypothesis, 'confidence'>): Surety {
  if (confidence >= 0.8) return 'sure'
  return confidence >= 0.5 ? 'likely' : 'perhaps'
}

/** What is wrong now; where nothing is seen to be any more, what was wrong last. */
function worstFindings({ incident, entries }: IncidentView): readonly Finding[] {
  const now = incident.findings.filter(isViolated)
  if (now.length > 0) return now
  const last = entries.findLast((entry) => lastFindings([entry]).some(isViolated))
  return last ? lastFindings([last]) : (incident.quiet?.findings ?? [])
}

const isViolated = ({ state }: Finding): boolean => state === 'violated'
