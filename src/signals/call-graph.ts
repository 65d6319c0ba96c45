import type { Span } from './otlp/traces.ts'

/** That one service calls another, in the names that the services give themselves. `calls` fades with time. */
export type Call = { readonly from: string; readonly to: string; readonly calls: number }

/** Who calls whom, learned from spans. Times are epoch milliseconds. */
export type CallGraph = {
  add(spans: readonly Span[], now: number): void
  /** Calls that were seen often enough, and lately enough, to be relied upon. */
  calls(now: number): readonly Call[]
  counts(): { readonly spans: number; readonly edges: number; readonly shed: number }
}

export type CallGraphOptions = {
  /** Spans that are remembered until the other end of a call has come. */
  readonly maxSpans?: number
  readonly maxEdges?: number
}

const MAX_SPANS = 20_000
const MAX_EDGES = 2000
/** Half of what was seen counts no more after this time. */
const HALF_LIFE_MS = 600_000
/** Fewer calls than this may be anything. */
const LEAST_CALLS = 3

type Edge = { readonly from: string; readonly to: string; calls: number; at: number }

/**
 * Learns the call graph in bounded memory: of spans, only the newest are remembered, and of edges, no more than so many.
 * A call is a span that serves a request of a span of another service, or one that names its peer.
 */
export function createCallGraph({ maxSpans = MAX_SPANS, maxEdges = MAX_EDGES }: CallGraphOptions = {}): CallGraph {
  const serviceOf = new Map<string, string>()
  /** Services whose spans came before their parents, by the parent. */
  const waiting = new Map<string, string>()
  const edges = new Map<string, Edge>()
  let shed = 0

  const count = (from: string, to: string, now: number): void => {
    if (from === to) return
    const key = JSON.stringify([from, to])
    const edge = edges.get(key) ?? { from, to, calls: 0, at: now }
    if (!edges.has(key) && edges.size >= maxEdges && !dropFaded(edges, now)) {
      shed += 1
      return
    }
    edge.calls = faded(edge, now) + 1
    edge.at = Math.max(edge.at, now)
    edges.set(key, edge)
  }
  const addOne = ({ id, parent, service, serves, peer }: Span, now: number): void => {
    if (serviceOf.has(id)) return
    remember(serviceOf, id, service, maxSpans)
    const child = waiting.get(id)
    if (child !== undefined) count(service, child, now)
    waiting.delete(id)
    if (peer !== undefined) count(service, peer, now)
    if (parent === undefined || !serves) return
    const caller = serviceOf.get(parent)
    if (caller === undefined) remember(waiting, parent, service, maxSpans)
    else count(caller, service, now)
  }
  return {
    add: (spans, now) => spans.forEach((span) => addOne(span, now)),
    calls: (now) =>
      [...edges.values()]
        .map(({ from, to, ...edge }) => ({ from, to, calls: faded(edge, now) }))
        .filter(({ calls }) => calls >= LEAST_CALLS),
    counts: () => ({ spans: serviceOf.size + waiting.size, edges: edges.size, shed }),
  }
}

function faded({ calls, at }: Pick<Edge, 'calls' | 'at'>, now: number): number {
  return calls * 2 ** (-Math.max(0, now - at) / HALF_LIFE_MS)
}

/** Makes room by forgetting calls that have faded; false where none has. */
function dropFaded(edges: Map<string, Edge>, now: number): boolean {
  const before = edges.size
  for (const [key, edge] of edges) if (faded(edge, now) < 1 / 2) edges.delete(key)
  return edges.size < before
}

/** Keeps the newest so many: a map keeps the order in which its entries came. */
function remember(map: Map<string, string>, key: string, value: string, most: number): void {
  map.set(key, value)
  if (map.size <= most) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}
