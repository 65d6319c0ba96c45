import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import type { Noun } from './api.ts'
import { UnauthorizedError } from '../src/api/problem.ts'
import { eventReader } from './sse.ts'

/** How the stream of events stands. `stale`: connected, and nothing came for longer than a heartbeat allows. */
export type LivePhase = 'connecting' | 'live' | 'stale' | 'lost'
export type LiveState = {
  readonly phase: LivePhase
  /** When the last byte came, in epoch milliseconds of this browser; 0 for never. */
  readonly heardAt: number
}

/** The server sends a heartbeat every 15 s. */
const STALE_MS = 40_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000
/** At most four refetches a second for each noun. */
const BATCH_MS = 250

/** What an entry never changes; everything else may show it. */
const STANDING: ReadonlySet<Noun> = new Set<Noun>(['me', 'verify', 'record', 'lab'])

let state: LiveState = { phase: 'connecting', heardAt: 0 }
const watchers = new Set<() => void>()

function become(phase: LivePhase, heardAt: number = state.heardAt): void {
  const said = phase !== state.phase
  state = { phase, heardAt }
  if (said) for (const watcher of watchers) watcher()
}

/** How fresh the page is. */
export function useLive(): LivePhase {
  return useSyncExternalStore(watch, () => state.phase)
}

/** When the server was last heard, in epoch milliseconds; 0 for never. Does not re-render by itself. */
export const lastHeard = (): number => state.heardAt

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** Opens the stream of events, from the given one on. */
type Connect = (headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Response>

/** Follows the events until the signal aborts: connects again when the stream ends, from the last event on. */
export async function follow(client: QueryClient, connect: Connect, signal: AbortSignal): Promise<void> {
  let lastId: string | undefined
  const refresh = refresher(client, signal)
  for (let failures = 0; !signal.aborted; failures += 1) {
    const attempt = new AbortController()
    const watch = setInterval(() => look(attempt), 1000)
    try {
      const headers = { accept: 'text/event-stream', ...(lastId !== undefined && { 'last-event-id': lastId }) }
      const answer = await connect(headers, AbortSignal.any([signal, attempt.signal]))
      become('live', Date.now())
      // What happened while nobody listened may be more than the stream tells again.
      refresh()
      failures = -1
      for await (const event of eventsOf(answer)) {
        lastId = event.id ?? lastId
        refresh()
      }
    } catch (error) {
      if (error instanceof UnauthorizedError) return become('lost')
    } finally {
      clearInterval(watch)
    }
    become('lost')
    await pause(Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failures)), signal)
  }
}

/** A stream that stays silent is shown as stale at first, then given up: a dead connection may never say that it is. */
function look(attempt: AbortController): void {
  const silentMs = Date.now() - state.heardAt
  if (state.phase === 'live' && silentMs > STALE_MS) become('stale')
  if (state.phase === 'stale' && silentMs > 2 * STALE_MS) attempt.abort()
}

async function* eventsOf(answer: Response): AsyncGenerator<{ readonly id?: string }> {
  if (!answer.body) return
  const read = eventReader()
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    become('live', Date.now())
    yield* read(value)
  }
}

/**
 * Makes what is shown ask again, in batches: fifty entries a second ask no more often than four times. What is being
 * asked already asks once more when it is answered, since the answer may be older than the entry.
 */
function refresher(client: QueryClient, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let owed: ReadonlySet<string> = new Set()
  const flush = (): void => {
    timer = undefined
    if (signal.aborted) return
    const asked = client.getQueryCache().findAll({ predicate: ({ queryHash }) => owed.has(queryHash) })
    const busy = asked.filter(({ state: { fetchStatus } }) => fetchStatus !== 'idle')
    const free = asked.filter((query) => !busy.includes(query))
    owed = new Set(busy.map(hashOf))
    void client.invalidateQueries({ predicate: (query) => free.includes(query) })
    if (owed.size > 0) timer = setTimeout(flush, BATCH_MS)
  }
  return () => {
    const shown = client.getQueryCache().findAll({ predicate: ({ queryKey }) => !STANDING.has(queryKey[0] as Noun) })
    owed = new Set(shown.map(hashOf))
    timer ??= setTimeout(flush, BATCH_MS)
  }
}

const hashOf = ({ queryHash }: { readonly queryHash: string }): string => queryHash

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
