import type { Incident } from '../../../src/domain/incident.ts'
import type { Proposal } from '../../../src/domain/proposal.ts'
import type { IncidentView } from '../../../src/domain/view.ts'

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

/** Who looks at it now, as far as this clock knows; undefined where nobody does. */
export function acknowledgedNow(
  { acknowledged, closedAt }: Pick<Incident, 'acknowledged' | 'closedAt'>,
  now: number,
): Incident['acknowledged'] {
  if (!acknowledged || closedAt !== undefined) return undefined
  const { since, forMs = Infinity } = acknowledged
  return now < since.wallMs + forMs ? acknowledged : undefined
}

/** What stands in the way of saying that something was wrong: nothing was said or done yet. */
export function barrierOfWrong({ diagnosis, attempts }: Pick<Incident, 'diagnosis' | 'attempts'>): Barrier | undefined {
  return diagnosis || attempts.length > 0 ? undefined : 'nothing-to-judge'
}

/** What stands in the way of answering a proposal now. */
export function barrierOfAnswer(
  { expiresAt }: Pick<Proposal, 'expiresAt'>,
  isEnded: boolean,
  now: number,
): Barrier | undefined {
  if (isEnded) return 'ended'
  return now >= expiresAt ? 'expired' : undefined
}

/** What a person can call wrong: the incident's diagnosis, or one of its runs, the newest first. */
export function judgeable({
  incident,
}: Pick<IncidentView, 'incident'>): { readonly subject: string; readonly remedy?: string }[] {
  const runs = incident.attempts.toReversed().map(({ run, remedy }) => ({ subject: run, remedy }))
  return incident.diagnosis ? [{ subject: incident.id }, ...runs] : runs
}

/** The run that a person must release before anything goes on: the newest that is parked or stuck, unless it was. */
export function keptRun({
  incident,
  entries,
}: Pick<IncidentView, 'incident' | 'entries'>):
  | { readonly run: string; readonly leftOpen: readonly string[] }
  | undefined {
  const kept = incident.attempts.findLast(({ outcome }) => outcome === 'parked' || outcome === 'stuck')
  if (!kept) return undefined
  const { run } = kept
  const isReleased = entries.some(({ body }) => body?.kind === 'released' && body.subject === run)
  if (isReleased) return undefined
  const ended = entries.findLast((entry) => entry.run === run && entry.body?.kind === 'run-ended')
  return { run, leftOpen: ended?.body?.kind === 'run-ended' ? ended.body.leftOpen : [] }
}
