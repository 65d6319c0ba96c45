import {
  keepPreviousData,
  useMutation,
  useQuery,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { Entry } from '../src/domain/entry.ts'
import type { Incident } from '../src/domain/incident.ts'
import type { RunRow } from '../src/domain/ledger.ts'
import type { AlertView, Status } from '../src/domain/operator.ts'
import type { IncidentView, Overview, PlanView, PolicyView, ProposalView, TargetView } from '../src/domain/view.ts'
import { order, type Query, read } from './client.ts'

/** One page of a list; `next` is where the one after it begins. */
export type PageOf<Item> = { readonly items: readonly Item[]; readonly next?: string }
export type Role = 'viewer' | 'operator' | 'approver' | 'admin'
export type Me = {
  readonly name: string
  readonly role: Role
  /** Whether tokens are configured at all: without, everybody on this machine is admin. */
  readonly tokens: boolean
  readonly demo: { readonly lab?: string }
}
export type RecordCheck = {
  readonly ok: boolean
  readonly entries: number
  readonly head: string
  readonly problem?: string
}
export type RecordQuery = {
  readonly after?: string
  readonly limit?: number
  readonly kind?: string
  readonly incident?: string
  readonly run?: string
  readonly text?: string
}

/** What the server is asked for, by noun: the first part of every key, and what events make stale. */
export type Noun =
  | ('status' | 'overview' | 'incidents' | 'incident' | 'alerts' | 'targets' | 'policies' | 'plans')
  | ('proposals' | 'proposal' | 'runs' | 'run' | 'record' | 'verify' | 'stats' | 'config' | 'me')

/** What changes without an entry on the record (freshness, states) is asked for again on its own. */
const REFRESH_MS = 10_000

type Asking = { readonly refresh?: boolean; readonly enabled?: boolean }

function useNoun<Answer>(
  noun: Noun,
  path: string,
  query: Query = {},
  { refresh = false, enabled = true }: Asking = {},
): UseQueryResult<Answer> {
  return useQuery({
    queryKey: [noun, path, query],
    queryFn: ({ signal }) => read<Answer>(path, query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: refresh ? REFRESH_MS : false,
    enabled,
  })
}

const id = encodeURIComponent

export const useMe = (): UseQueryResult<Me> => useNoun('me', '/me')
export const useStatus = (): UseQueryResult<Status> => useNoun('status', '/status', {}, { refresh: true })
export const useOverview = (): UseQueryResult<Overview> => useNoun('overview', '/overview', {}, { refresh: true })
export const useTargets = (): UseQueryResult<readonly TargetView[]> =>
  useNoun('targets', '/targets', {}, { refresh: true })
export const usePolicies = (): UseQueryResult<readonly PolicyView[]> => useNoun('policies', '/policies')
export const useIncidents = (
  state: 'open' | 'closed' | 'all',
  page: { readonly after?: string; readonly limit?: number } = {},
): UseQueryResult<PageOf<Incident>> => useNoun('incidents', '/incidents', { state, ...page })
export const useIncident = (incident: string): UseQueryResult<IncidentView> =>
  useNoun('incident', `/incidents/${id(incident)}`)
export const usePlans = (incident: string): UseQueryResult<readonly PlanView[]> =>
  useNoun('plans', '/plans', { incident })
export const useProposals = (state: 'open' | 'all'): UseQueryResult<PageOf<ProposalView>> =>
  useNoun('proposals', '/proposals', { state })
export const useProposal = (proposal: string): UseQueryResult<ProposalView> =>
  useNoun('proposal', `/proposals/${id(proposal)}`)
export const useAlerts = (only: 'all' | 'idle'): UseQueryResult<PageOf<AlertView>> =>
  useNoun('alerts', '/alerts', { only })
export const useRuns = (page: { readonly after?: string } = {}): UseQueryResult<PageOf<RunRow>> =>
  useNoun('runs', '/runs', page)
export const useRun = (run: string): UseQueryResult<{ readonly run: RunRow; readonly entries: readonly Entry[] }> =>
  useNoun('run', `/runs/${id(run)}`)
export const useRecord = (query: RecordQuery): UseQueryResult<PageOf<Entry>> => useNoun('record', '/record', query)
/** Reads the whole record: only when `enabled`, which a person asks for. */
export const useVerify = (enabled: boolean): UseQueryResult<RecordCheck> =>
  useNoun('verify', '/record/verify', {}, { enabled })
export const useConfig = (): UseQueryResult<{
  readonly digest: string
  readonly sections: Readonly<Record<string, string>>
}> => useNoun('config', '/config')

export type OrderName = keyof Orders
type Orders = {
  readonly pause: { readonly reason: string; readonly freeze: boolean }
  readonly resume: { readonly reason: string }
  readonly release: { readonly reason: string; readonly subject: string }
  readonly approve: { readonly reason: string; readonly id: string }
  readonly reject: { readonly reason: string; readonly id: string }
  readonly takeOver: { readonly reason: string; readonly id: string }
  readonly wrong: { readonly reason: string; readonly id: string }
}

const PATHS: Readonly<Record<OrderName, string>> = {
  pause: '/pause',
  resume: '/resume',
  release: '/release',
  approve: '/proposals/:id/approve',
  reject: '/proposals/:id/reject',
  takeOver: '/incidents/:id/take-over',
  wrong: '/incidents/:id/wrong',
}

/** An order of a person, by name. What it changes comes back as events, and is asked for at once all the same. */
export function useOrder<Name extends OrderName>(
  name: Name,
): UseMutationResult<Readonly<Record<string, string>>, Error, Orders[Name]> {
  return useMutation({
    mutationFn: (input: Orders[Name]) => {
      const { id: subject, ...body } = { id: '', ...input }
      return order(PATHS[name].replace(':id', id(subject)), { ...body, by: 'console' })
    },
    onSettled: (_answer, _error, _input, _context, { client }) => client.invalidateQueries(),
  })
}

/** What each order needs; the server asks the same (a disabled button says so first). */
const NEEDS: Readonly<Record<OrderName, Role>> = {
  pause: 'operator',
  resume: 'operator',
  release: 'operator',
  approve: 'approver',
  reject: 'approver',
  takeOver: 'operator',
  wrong: 'operator',
}
const RANKS: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']

/** The role that an order needs and this caller has not; undefined where it may. Unknown callers may nothing. */
export function lacking(name: OrderName, me: Me | undefined): Role | undefined {
  const needed = NEEDS[name]
  return RANKS.indexOf(me?.role ?? 'viewer') >= RANKS.indexOf(needed) ? undefined : needed
}
