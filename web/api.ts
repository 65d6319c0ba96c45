import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  type UseInfiniteQueryResult,
  useMutation,
  type UseMutationResult,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { LabView } from '../lab/view.ts'
import { type AnswerOf, contract, type InputOf, type RouteName } from '../src/api/contract.ts'
import type { ProposalShown } from '../src/api/contract/incidents.ts'
import type { RecordCheck } from '../src/api/contract/record.ts'
import type { PageOf, Route } from '../src/api/contract/route.ts'
import type { Me } from '../src/api/contract/server.ts'
import { can } from '../src/api/roles.ts'
import type { Entry } from '../src/domain/entry.ts'
import type { Incident } from '../src/domain/incident.ts'
import type { RunRow } from '../src/domain/ledger.ts'
import type { Status } from '../src/domain/operator.ts'
import type { Role } from '../src/domain/role.ts'
import type { IncidentView, Overview, PauseView, PlanView, PolicyView, TargetView } from '../src/domain/view.ts'
import { call } from './client.ts'

export type { ProposalShown } from '../src/api/contract/incidents.ts'
export type { RecordCheck } from '../src/api/contract/record.ts'
export type { Me } from '../src/api/contract/server.ts'

/** What the server is asked for: the first part of every key, and what events make stale. */
export type Noun = RouteName

/** What changes without an entry on the record (freshness, states) is asked for again on its own. */
const REFRESH_MS = 10_000
const LAB_REFRESH_MS = 1000
const PAGE = 100

/** A route of the contract as what it takes and gives. */
const routeOf = <Name extends RouteName>(name: Name): Route<InputOf<Name>, AnswerOf<Name>> =>
  contract[name] as unknown as Route<InputOf<Name>, AnswerOf<Name>>

/** Asks once, for what no page keeps. */
export const ask = <Name extends Noun>(noun: Name, input: InputOf<Name>): Promise<AnswerOf<Name>> =>
  call(routeOf(noun), input)

/** While another page of a list is loaded the last one stays; what is of one thing never stands under another's name. */
const isList = (input: object): boolean => !('id' in input || 'incident' in input)

function useNoun<Name extends Noun>(
  noun: Name,
  input: InputOf<Name>,
  refreshMs?: number,
): UseQueryResult<AnswerOf<Name>> {
  return useQuery({
    queryKey: [noun, input],
    queryFn: ({ signal }) => call(routeOf(noun), input, signal),
    ...(isList(input as object) && { placeholderData: keepPreviousData }),
    refetchInterval: refreshMs ?? false,
  })
}

export const useMe = (): UseQueryResult<Me> => useNoun('me', {})
export const useStatus = (): UseQueryResult<Status> => useNoun('status', {}, REFRESH_MS)
export const useOverview = (): UseQueryResult<Overview> => useNoun('overview', {}, REFRESH_MS)
export const useTargets = (): UseQueryResult<readonly TargetView[]> => useNoun('targets', {}, REFRESH_MS)
export const usePauses = (): UseQueryResult<readonly PauseView[]> => useNoun('pauses', {}, REFRESH_MS)
export const usePolicies = (): UseQueryResult<readonly PolicyView[]> => useNoun('policies', {})
export const useConfig = (): UseQueryResult<AnswerOf<'config'>> => useNoun('config', {})
/** Its charts go on while nothing is written down. */
export const useIncident = (id: string): UseQueryResult<IncidentView> => useNoun('incident', { id }, REFRESH_MS)
export const usePlans = (incident: string): UseQueryResult<readonly PlanView[]> => useNoun('plans', { incident })

/** What a signed link carries beside the proposal's name; the server says whether it is genuine. */
export type LinkQuery = { readonly until?: string; readonly sig?: string }
export function useProposal(id: string, { until, sig }: LinkQuery = {}): UseQueryResult<ProposalShown> {
  const link = { ...(until !== undefined && { until: Number(until) }), ...(sig !== undefined && { sig }) }
  return useNoun('proposal', { id, ...link })
}

type Paged = { readonly after?: string; readonly limit?: number }

export const useIncidents = (state: 'open' | 'closed' | 'all', page: Paged = {}): UseQueryResult<PageOf<Incident>> =>
  useNoun('incidents', { limit: PAGE, ...page, state })
export const useRuns = (page: Paged = {}): UseQueryResult<PageOf<RunRow>> => useNoun('runs', { limit: PAGE, ...page })

export type RecordQuery = Partial<Omit<InputOf<'record'>, 'after'>> & { readonly after?: string }

/** What stands on the record, page after page. It is never asked for again by itself: an entry never changes. */
export function useRecord(query: RecordQuery): UseInfiniteQueryResult<InfiniteData<PageOf<Entry>>> {
  const { after, ...asked } = query
  return useInfiniteQuery({
    queryKey: ['record' satisfies Noun, query],
    queryFn: ({ signal, pageParam }) => {
      const page = { ...(pageParam !== undefined && { after: Number(pageParam) }), limit: PAGE }
      return call(contract.record, { order: 'oldest', ...asked, ...page }, signal)
    },
    initialPageParam: after,
    getNextPageParam: ({ next }) => next,
    staleTime: Infinity,
  })
}

/** A record may be long: it is recomputed whole. */
const VERIFY_PATIENCE_MS = 10 * 60_000

/** Reads the whole record: only when a person asks for it, by `refetch`. */
export function useVerify(): UseQueryResult<RecordCheck> {
  return useQuery({
    queryKey: ['verify' satisfies Noun],
    queryFn: ({ signal }) => call({ ...contract.verify, patienceMs: VERIFY_PATIENCE_MS }, {}, signal),
    enabled: false,
    retry: false,
  })
}

/** What the lab says; it has no events of its own. */
export const useLab = (): UseQueryResult<LabView> => useNoun('lab', {}, LAB_REFRESH_MS) as UseQueryResult<LabView>

/** What changes something, by the name of its route. */
export type OrderName =
  | ('pause' | 'resume' | 'hold' | 'release' | 'approve' | 'reject' | 'takeOver' | 'acknowledge' | 'wrong' | 'reload')
  | ('inject' | 'undo')

/** An order of a person, by name. What it changes comes back as events, and is asked for at once all the same. */
export function useOrder<Name extends OrderName>(name: Name): UseMutationResult<AnswerOf<Name>, Error, InputOf<Name>> {
  return useMutation({
    mutationFn: (input: InputOf<Name>) => call(routeOf(name), input),
    onSettled: (_answer, _error, _input, _context, { client }) => client.invalidateQueries(),
  })
}

/** The role that an order needs and this caller has not; undefined where it may. Unknown callers may nothing. */
export function lacking(name: RouteName, me: Me | undefined): Role | undefined {
  const needed = contract[name].role
  return needed === 'anyone' || can(me?.role ?? 'viewer', name) ? undefined : needed
}
