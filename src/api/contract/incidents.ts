import { z } from 'zod'
import type { Entry } from '../../domain/entry.ts'
import type { Incident } from '../../domain/incident.ts'
import type { RunRow } from '../../domain/ledger.ts'
import type { IncidentView, ProposalView } from '../../domain/view.ts'
import { IncidentViewAnswer } from '../answers-views.ts'
import { EntryAnswer, IncidentAnswer, ProposalAnswer, RunAnswer } from '../answers.ts'
import { get, id, pageOf, paging, type ById, type PageOf, type Paging, type Route } from './route.ts'

export type RunStory = { readonly run: RunRow; readonly entries: readonly Entry[] }
export type IncidentsPage = Paging & { readonly state: 'open' | 'closed' | 'all' }
export type RunsPage = Paging & { readonly incident?: string }
export type ProposalsPage = Paging & { readonly state: 'open' | 'all'; readonly incident?: string }
/** With what a signed link carries, where one led here. */
export type ProposalAsked = ById & { readonly until?: number; readonly sig?: string }
/** `link`: whether the link that led here is one of ours and still in time; it gives no rights. */
export type ProposalShown = ProposalView & { readonly link?: 'genuine' | 'expired' | 'forged' }

export type IncidentRoutes = {
  readonly incidents: Route<IncidentsPage, PageOf<Incident>>
  readonly incident: Route<ById, IncidentView>
  readonly runs: Route<RunsPage, PageOf<RunRow>>
  readonly run: Route<ById, RunStory>
  readonly proposals: Route<ProposalsPage, PageOf<ProposalView>>
  readonly proposal: Route<ProposalAsked, ProposalShown>
}

export const incidentRoutes: IncidentRoutes = {
  incidents: get(
    '/incidents',
    'Incidents, newest first',
    z.strictObject({ ...paging, state: z.enum(['open', 'closed', 'all']).default('all') }),
    pageOf(IncidentAnswer),
  ),
  incident: get(
    '/incidents/:id',
    'One incident: its entries, plans, charts, and what changed before it',
    z.strictObject({ id }),
    IncidentViewAnswer,
  ),
  runs: get(
    '/runs',
    'Runs, newest first',
    z.strictObject({ ...paging, incident: id.exactOptional() }),
    pageOf(RunAnswer),
  ),
  run: get(
    '/runs/:id',
    'One run and its log',
    z.strictObject({ id }),
    z.object({ run: RunAnswer, entries: z.array(EntryAnswer) }),
  ),
  proposals: get(
    '/proposals',
    'Plans that wait, or waited, for a yes of a person, newest first',
    z.strictObject({ ...paging, state: z.enum(['open', 'all']).default('open'), incident: id.exactOptional() }),
    pageOf(ProposalAnswer),
  ),
  proposal: get(
    '/proposals/:id',
    'One proposal, and whether the signed link that led to it is genuine',
    z.strictObject({
      id,
      until: z.coerce.number().int().exactOptional(),
      sig: z.string().max(200).exactOptional(),
    }),
    ProposalAnswer,
  ),
}
