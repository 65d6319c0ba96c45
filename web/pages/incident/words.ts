import type { EntryKind } from '../../../src/domain/entry.ts'
import type { Incident, IncidentStatus } from '../../../src/domain/incident.ts'
import type { ProposalEnd } from '../../../src/domain/proposal.ts'
import type { ChangeView, Moment, StepView, UndoView } from '../../../src/domain/view.ts'
import type { Fate } from './candidates.ts'
import type { Barrier } from './orders.ts'

type Texts<Key extends string> = Readonly<Record<Key, string>>
type EndedBy = NonNullable<Incident['endedBy']>

/** What the page, the list and the post-mortem call the same. */
export type RecordWords = {
  readonly endedBy: Texts<EndedBy>
  readonly fates: Texts<Fate>
  readonly steps: Texts<StepView['status']>
  readonly kinds: Texts<EntryKind>
}

type PostMortemKey =
  | ('title' | 'summary' | 'impact' | 'cause' | 'done' | 'notDone' | 'before' | 'timeline' | 'actions' | 'nothing')
  | ('severity' | 'began' | 'over' | 'open' | 'felt' | 'worst' | 'limit' | 'beyond' | 'blind' | 'unseen')
  | ('for' | 'against' | 'recommended' | 'policy' | 'gate')

/** The words of a post-mortem. */
export type PostMortemWords = RecordWords & Texts<PostMortemKey>

type ListKey =
  | 'incidents'
  | 'find'
  | 'none'
  | 'noMatch'
  | 'noneOpen'
  | 'searching'
  | 'open'
  | 'closed'
  | 'all'
  | 'took'
  | 'since'

type PageKey =
  | ('copy' | 'copied' | 'back' | 'missing' | 'missingWhy' | 'felt' | 'chartless' | 'numbers' | 'time' | 'value')
  | ('changes' | 'changeless' | 'causes' | 'causeless' | 'candidates' | 'undecided' | 'gates' | 'gatesAllow')
  | ('stepsTitle' | 'stepless' | 'byHand' | 'undoByHand' | 'unlocks' | 'aPerson' | 'log' | 'pruned' | 'end' | 'notOver')
  | ('cannotUndo' | 'asked' | 'notLooked' | 'wasNone' | 'markedWrong' | 'stale' | 'attempt' | 'of')

type OrderKey =
  | ('approve' | 'approveTitle' | 'approveDo' | 'reject' | 'rejectTitle' | 'rejectDo' | 'takeOver' | 'takeOverTitle')
  | ('takeOverDo' | 'wrong' | 'wrongTitle' | 'wrongDo' | 'wrongWhat' | 'diagnosis' | 'reason')

type ProposalKey =
  | (
      | 'title'
      | 'genuine'
      | 'forged'
      | 'late'
      | 'unsigned'
      | 'would'
      | 'why'
      | 'expires'
      | 'toIncident'
      | 'decidesNothing'
    )
  | ('missing' | 'missingWhy' | 'risk' | 'blast' | 'open')

/** Everything that the pages of incidents and proposals say. */
export type IncidentWords = RecordWords & {
  readonly postMortem: Texts<PostMortemKey>
  readonly list: Texts<ListKey>
  readonly page: Texts<PageKey>
  readonly orders: Texts<OrderKey>
  readonly barriers: Texts<Barrier>
  readonly proposal: Texts<ProposalKey>
  readonly proposalEnds: Texts<ProposalEnd>
  readonly status: Texts<IncidentStatus>
  readonly changes: Texts<ChangeView['what']>
  readonly moments: Texts<Moment['what']>
  readonly undo: Texts<UndoView['state']>
}
