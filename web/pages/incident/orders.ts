import type { Incident } from '../../../src/domain/incident.ts'
import type { IncidentView, ProposalView } from '../../../src/domain/view.ts'

/** Why something cannot be ordered, whoever asks: in the state that it is in. */
export type Barrier = 'over' | 'taken' | 'nothing-to-judge' | 'expired' | 'ended'

/** What stands in the way of taking an incident over; undefined for nothing. */
export function barrierOfTakeOver({
  closedAt,
  takenOver,
}: Pick<Incident, 'closedAt' | 'takenOver'>): Barrier | undefined {
  if (closedAt !== undefined) return 'over'
  return takenOver ? 'taken' : undefined
}

/** What stands in the way of saying that something was wrong: nothing was said or done yet. */
export function barrierOfWrong({ diagnosis, attempts }: Pick<Incident, 'diagnosis' | 'attempts'>): Barrier | undefined {
  return diagnosis || attempts.length > 0 ? undefined : 'nothing-to-judge'
}

/** What stands in the way of answering a proposal now. */
export function barrierOfAnswer({ proposal, ended }: ProposalView, now: number): Barrier | undefined {
  if (ended) return 'ended'
  return now >= proposal.expiresAt ? 'expired' : undefined
}

/** What a person can call wrong: the incident's diagnosis, or one of its runs, the newest first. */
export function judgeable({
  incident,
}: Pick<IncidentView, 'incident'>): { readonly subject: string; readonly remedy?: string }[] {
  const runs = incident.attempts.toReversed().map(({ run, remedy }) => ({ subject: run, remedy }))
  return incident.diagnosis ? [{ subject: incident.id }, ...runs] : runs
}
