import type { EntryBody } from '../../domain/entry.ts'
import { ConflictError } from '../../domain/errors.ts'
import type { Write } from '../../domain/ledger.ts'
import type { ProposalQuery } from '../../domain/ports.ts'
import type { ProposalEnd } from '../../domain/proposal.ts'
import type { ProposalView } from '../../domain/view.ts'
import type { Moment } from '../../lib/clock.ts'
import type { Database } from '../database.ts'
import type { Keys } from '../keys.ts'
import { bodyOf } from './entries.ts'
import { momentOf, momentText, query } from '../tables.ts'

/** Opens the proposal of the `proposed` just appended. */
export function openProposal(db: Database, write: Extract<Write, { do: 'open-proposal' }>): void {
  const { proposal, incident } = write
  const open = db.first(
    query.selectFrom('proposals').select('proposal').where('incident', '=', incident).where('ended_as', 'is', null),
  )
  if (open) {
    throw new ConflictError(`cannot propose '${proposal}': '${open.proposal}' is open in incident '${incident}'`)
  }
  const { closed_at } =
    db.first(query.selectFrom('incidents').select('closed_at').where('incident', '=', incident)) ?? {}
  if (closed_at !== null) throw new ConflictError(`cannot propose '${proposal}': incident '${incident}' is not open`)
  const newest = query
    .selectFrom('entries')
    .select((x) => x.fn.max('seq').as('seq'))
    .where('kind', '=', 'proposed')
  const { seq } = db.first(newest) ?? {}
  if (typeof seq !== 'number') throw new ConflictError(`cannot propose '${proposal}': no entry says what it is`)
  const ended = { ended_at: null, ended_as: null, ended_by: null, ended_reason: null }
  const yes = { yes_at: null, yes_by: null, yes_person: null, yes_reason: null }
  db.run(query.insertInto('proposals').values({ proposal, incident, seq, ...ended, ...yes }))
}

export function endorseProposal(db: Database, write: Extract<Write, { do: 'endorse-proposal' }>, at: Moment): void {
  const { proposal, by, person = null, reason } = write
  const changed = db.run(
    query
      .updateTable('proposals')
      .set({ yes_at: momentText(at), yes_by: by, yes_person: person, yes_reason: reason })
      .where('proposal', '=', proposal)
      .where('ended_as', 'is', null)
      .where('yes_at', 'is', null),
  )
  if (changed === 0) throw new ConflictError(`cannot endorse proposal '${proposal}': it is not open, or somebody has`)
}

export function closeProposal(db: Database, write: Extract<Write, { do: 'close-proposal' }>, at: Moment): void {
  const { proposal, as, by = null, reason } = write
  const changed = db.run(
    query
      .updateTable('proposals')
      .set({ ended_at: momentText(at), ended_as: as, ended_by: by, ended_reason: reason })
      .where('proposal', '=', proposal)
      .where('ended_as', 'is', null),
  )
  if (changed === 0) throw new ConflictError(`cannot end proposal '${proposal}': the record has no such open proposal`)
}

/** Newest first. */
export function findProposals(db: Database, ask: ProposalQuery, keys?: Keys): ProposalView[] {
  let found = query
    .selectFrom('proposals')
    .innerJoin('payloads', 'payloads.seq', 'proposals.seq')
    .select(['body', 'key', 'ended_at', 'ended_as', 'ended_by', 'ended_reason'])
    .select(['yes_at', 'yes_by', 'yes_person', 'yes_reason'])
    .orderBy('proposals.id', 'desc')
  if (ask.state !== 'all') found = found.where('ended_as', 'is', null)
  if (ask.proposal !== undefined) found = found.where('proposal', '=', ask.proposal)
  if (ask.incident !== undefined) found = found.where('incident', '=', ask.incident)
  if (ask.limit !== undefined) found = found.limit(ask.limit)
  const { after } = ask
  if (after !== undefined) {
    found = found.where('proposals.id', '<', (x) =>
      x.selectFrom('proposals').select('id').where('proposal', '=', after),
    )
  }
  return db.all(found).map((stored) => viewOf(stored, keys))
}

type Stored = {
  readonly body: string
  readonly key: string | null
  readonly ended_at: string | null
  readonly ended_as: ProposalEnd | null
  readonly ended_by: string | null
  readonly ended_reason: string | null
  readonly yes_at: string | null
  readonly yes_by: string | null
  readonly yes_person: string | null
  readonly yes_reason: string | null
}

function viewOf(stored: Stored, keys: Keys | undefined): ProposalView {
  const { body, key, ended_at, ended_as, ended_by, ended_reason } = stored
  const { proposal: asked } = bodyOf(body, key, keys) as Extract<EntryBody, { kind: 'proposed' }>
  const proposal = { proposal: asked, ...endorsedOf(stored) }
  if (ended_as === null || ended_at === null) return proposal
  const who = { ...(ended_by !== null && { by: ended_by }), ...(ended_reason !== null && { reason: ended_reason }) }
  return { ...proposal, ended: { as: ended_as, at: momentOf(ended_at).wallMs, ...who } }
}

function endorsedOf({ yes_at, yes_by, yes_person, yes_reason }: Stored): Pick<ProposalView, 'endorsed'> {
  if (yes_at === null || yes_by === null) return {}
  const person = yes_person === null ? {} : { person: yes_person }
  return { endorsed: { by: yes_by, ...person, reason: yes_reason ?? '', at: momentOf(yes_at).wallMs } }
}
