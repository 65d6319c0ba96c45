import type { Incident } from '../../../src/domain/incident.ts'
import type { Outcome } from '../../../src/domain/run.ts'

export type StateFilter = 'all' | 'open' | 'closed'

/** What the list is filtered by; it stands in the URL. */
export type ListFilter = { readonly state: StateFilter; readonly text: string }

const STATES: readonly StateFilter[] = ['all', 'open', 'closed']

/** What the URL asks for; what it cannot mean is no filter. */
export function listFilterFrom(params: URLSearchParams): ListFilter {
  const state = STATES.find((state) => state === params.get('state')) ?? 'all'
  return { state, text: params.get('q') ?? '' }
}

/** The search part of the URL; what is no filter is left out. */
export function listSearchOf({ state, text }: ListFilter): Record<string, string> {
  return { ...(state !== 'all' && { state }), ...(text !== '' && { q: text }) }
}

/** What is shown, in order: the open ones first, then the newest first. An incident that is in both is over. */
export function rowsOf(
  open: readonly Incident[],
  closed: ReadonlyMap<string, Incident>,
  { state, text }: ListFilter,
): Incident[] {
  const stillOpen = open.filter(({ id, closedAt }) => closedAt === undefined && !closed.has(id))
  const shown = [
    ...(state === 'closed' ? [] : stillOpen.sort(newestFirst)),
    ...(state === 'open' ? [] : [...closed.values()].sort(newestFirst)),
  ]
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return words.length === 0 ? shown : shown.filter((incident) => hasAll(incident, words))
}

function newestFirst(a: Incident, b: Incident): number {
  return b.openedAt - a.openedAt || (a.id < b.id ? 1 : -1)
}

function hasAll(incident: Incident, words: readonly string[]): boolean {
  const text = searchable(incident)
  return words.every((word) => text.includes(word))
}

function searchable({
  id,
  owner,
  severity,
  status,
  findings,
  quiet,
  diagnosis,
  attempts,
  waitingFor,
}: Incident): string {
  const causes = (diagnosis?.hypotheses ?? []).map(({ cause, target }) => `${cause} ${target}`)
  const policies = [...findings, ...(quiet?.findings ?? [])].map(({ policy }) => policy)
  const remedies = attempts.map(({ remedy, outcome = '' }) => `${remedy} ${outcome}`)
  return [id, owner, severity, status, ...policies, ...causes, ...remedies, ...waitingFor].join('\n').toLowerCase()
}

/** What a row says of what is, or was, going on: the one thing that counts. */
export type RowNote =
  | { readonly kind: 'ended'; readonly by: NonNullable<Incident['endedBy']> }
  | { readonly kind: 'takenOver'; readonly by: string }
  | { readonly kind: 'running' | 'proposed'; readonly remedy: string; readonly target: string }
  | { readonly kind: 'waits'; readonly reason: string }
  | { readonly kind: 'ran'; readonly remedy: string; readonly target: string; readonly outcome: Outcome }
  | { readonly kind: 'well'; readonly since: number }
  | { readonly kind: 'notDecided' }

/** The note of a row, strongest first: its end, what runs, the person at it, what waits, what was done last. */
export function noteOf(incident: Incident): RowNote {
  const { closedAt, endedBy, takenOver, attempts, proposal, quiet, waitingFor } = incident
  if (closedAt !== undefined) return { kind: 'ended', by: endedBy ?? 'unknown' }
  const running = attempts.find(({ outcome }) => outcome === undefined)
  if (running) return { kind: 'running', remedy: running.remedy, target: running.target }
  if (takenOver) return { kind: 'takenOver', by: takenOver.by }
  if (proposal) return { kind: 'proposed', remedy: proposal.plan.remedy, target: proposal.plan.target }
  const [reason] = waitingFor
  if (reason !== undefined) return { kind: 'waits', reason }
  if (quiet) return { kind: 'well', since: quiet.since }
  const { remedy, target, outcome } = attempts.at(-1) ?? {}
  if (remedy !== undefined && target !== undefined && outcome) return { kind: 'ran', remedy, target, outcome }
  return { kind: 'notDecided' }
}

/** Rows are made in steps of so many, so that not every row that is scrolled by is a new drawing. */
const STEP = 10

/** Which rows of a list are near what is looked at, a few more on each side. All in pixels and row numbers. */
export function windowOf(x: {
  readonly topPx: number
  readonly viewPx: number
  readonly rowPx: number
  readonly count: number
}): { readonly first: number; readonly last: number } {
  if (x.rowPx <= 0) return { first: 0, last: Math.min(x.count, STEP) }
  const first = Math.min(x.count, Math.max(0, -x.topPx) / x.rowPx)
  const last = Math.max(0, x.viewPx - x.topPx) / x.rowPx
  return {
    first: Math.max(0, (Math.floor(first / STEP) - 1) * STEP),
    last: Math.min(x.count, (Math.ceil(last / STEP) + 1) * STEP),
  }
}
