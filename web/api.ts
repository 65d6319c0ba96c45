import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { LabView } from '../lab/view.ts'
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
  readonly order?: 'oldest' | 'newest'
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
  | ('proposals' | 'proposal' | 'runs' | 'run' | 'record' | 'verify' | 'stats' | 'config' | 'me' | 'lab')

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
/** What a signed link carries beside the proposal's name; the server says whether it is genuine. */
export type LinkQuery = { readonly until?: string; readonly sig?: string }
export type ProposalShown = ProposalView & { readonly link?: 'genuine' | 'expired' | 'forged' }
export const useProposal = (proposal: string, link: LinkQuery = {}): UseQueryResult<ProposalShown> =>
  useNoun('proposal', `/proposals/${id(proposal)}`, link)
export const useAlerts = (only: 'all' | 'idle'): UseQueryResult<PageOf<AlertView>> =>
  useNoun('alerts', '/alerts', { only })
export const useRuns = (page: { readonly after?: string } = {}): UseQueryResult<PageOf<RunRow>> =>
  useNoun('runs', '/runs', page)
export const useRun = (run: string): UseQueryResult<{ readonly run: RunRow; readonly entries: readonly Entry[] }> =>
  useNoun('run', `/runs/${id(run)}`)

/** What stands on the record, page after page. It is never asked for again by itself: an entry never changes. */
export function useRecord(query: RecordQuery): UseInfiniteQueryResult<InfiniteData<PageOf<Entry>>> {
  return useInfiniteQuery({
    queryKey: ['record' satisfies Noun, query],
    queryFn: ({ signal, pageParam: after }) => read<PageOf<Entry>>('/record', { ...query, after }, signal),
    initialPageParam: query.after,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
  })
}

/** A record may be long: it is recomputed whole. */
const VERIFY_TIMEOUT_MS = 10 * 60_000

/** Reads the whole record: only when a person asks for it, by `refetch`. */
export function useVerify(): UseQueryResult<RecordCheck> {
  return useQuery({
    queryKey: ['verify' satisfies Noun],
    queryFn: ({ signal }) => read<RecordCheck>('/record/verify', {}, signal, VERIFY_TIMEOUT_MS),
    enabled: false,
    retry: false,
  })
}

const LAB_REFRESH_MS = 1000

/** What the lab says; it has no events of its own. */
export function useLab(): UseQueryResult<LabView> {
  return useQuery({
    queryKey: ['lab' satisfies Noun],
    queryFn: ({ signal }) => read<LabView>('/lab', {}, signal),
    refetchInterval: LAB_REFRESH_MS,
  })
}

export const useConfig = (): UseQueryResult<{
  readonly digest: string
  readonly sections: Readonly<Record<string, string>>
}> => useNoun('config', '/config')

export type OrderName = keyof Orders
type Orders = {
  readonly pause: { readonly reason: string; readonly freeze: boolean }
  readonly resume: { readonly reason: string }
  readonly hold: { readonly reason: string; readonly target: string; readonly forMs: number }
  readonly release: { readonly reason: string; readonly subject: string }
  readonly approve: { readonly reason: string; readonly id: string }
  readonly reject: { readonly reason: string; readonly id: string }
  readonly takeOver: { readonly reason: string; readonly id: string }
  readonly wrong: { readonly reason: string; readonly id: string }
  readonly reload: Readonly<Record<string, never>>
  /** `id` is the name of a fault of the lab. */
  readonly inject: { readonly id: string }
  readonly undo: { readonly id: string }
}

const PATHS: Readonly<Record<OrderName, string>> = {
  pause: '/pause',
  resume: '/resume',
  hold: '/hold',
  release: '/release',
  approve: '/proposals/:id/approve',
  reject: '/proposals/:id/reject',
  takeOver: '/incidents/:id/take-over',
  wrong: '/incidents/:id/wrong',
  reload: '/reload',
  inject: '/lab/faults/:id',
  undo: '/lab/faults/:id/undo',
}

/** An order of a person, by name. What it changes comes back as events, and is asked for at once all the same. */
export function useOrder<Name extends OrderName>(
  name: Name,
): UseMutationResult<Readonly<Record<string, string>>, Error, Orders[Name]> {
  return useMutation({
    mutationFn: (input: Orders[Name]) => {
      const { id: subject, ...body } = { id: '', ...input }
      const by = 'reason' in body ? { by: 'console' } : {}
      return order(PATHS[name].replace(':id', id(subject)), { ...body, ...by })
    },
    onSettled: (_answer, _error, _input, _context, { client }) => client.invalidateQueries(),
  })
}

/** What each order needs; the server asks the same (a disabled button says so first). */
const NEEDS: Readonly<Record<OrderName, Role>> = {
  pause: 'operator',
  resume: 'operator',
  hold: 'operator',
  release: 'operator',
  approve: 'approver',
  reject: 'approver',
  takeOver: 'operator',
  wrong: 'operator',
  reload: 'admin',
  inject: 'operator',
  undo: 'operator',
}
const RANKS: readonly Role[] = ['viewer', 'operator', 'approver', 'admin']

/** The role that an order needs and this caller has not; undefined where it may. Unknown callers may nothing. */
export function lacking(name: OrderName, me: Me | undefined): Role | undefined {
  const needed = NEEDS[name]
  return RANKS.indexOf(me?.role ?? 'viewer') >= RANKS.indexOf(needed) ? undefined : needed
}
