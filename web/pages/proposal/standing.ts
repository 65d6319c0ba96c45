import type { ProposalEnd } from '../../../src/domain/proposal.ts'
import type { ProposalView } from '../../../src/domain/view.ts'

/** Whether a proposal still waits, or what became of it; one whose time is over is expired before the record says so. */
export function standingOf({ proposal, ended }: ProposalView, now: number): 'open' | ProposalEnd {
  if (ended) return ended.as
  return now >= proposal.expiresAt ? 'expired' : 'open'
}
