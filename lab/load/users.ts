import { summaryOf } from '../../src/lib/stats.ts'
import type { Felt, Second, UsersView } from '../view.ts'
import { SERVED_WITHIN_MS, type UserRequest } from './protocol.ts'

const SECOND_MS = 1000
const SHOWN_SECONDS = 120
const NOW_SECONDS = 5

/**
 * What the users met up to `now` (epoch milliseconds), in whole seconds.
 *
 * @param requests in the order of ending, as the load generator tells them
 */
export function usersView(requests: readonly UserRequest[], now: number): UsersView {
  const end = Math.floor(now / SECOND_MS) * SECOND_MS
  const from = end - SHOWN_SECONDS * SECOND_MS
  const bySecond = Map.groupBy(endedBetween(requests, from, end), (request) => secondOf(request))
  const seconds = Array.from({ length: SHOWN_SECONDS }, (_, n) => from + n * SECOND_MS)
  return {
    now: felt(seconds.slice(-NOW_SECONDS).flatMap((at) => bySecond.get(at) ?? [])),
    servedWithinMs: SERVED_WITHIN_MS,
    seconds: seconds.map((at) => secondFrom(at, bySecond.get(at) ?? [])),
  }
}

const endOf = ({ sentAt, ms }: UserRequest): number => sentAt + ms
const secondOf = (request: UserRequest): number => Math.floor(endOf(request) / SECOND_MS) * SECOND_MS

/** Read from the newest on, so that a long run costs no more than a short one. */
function endedBetween(requests: readonly UserRequest[], from: number, to: number): UserRequest[] {
  // What is flushed together may stand in another order than it ended in, by less than this.
  const settled = requests.findLastIndex((request) => endOf(request) < from - SECOND_MS)
  return requests.slice(settled + 1).filter((request) => endOf(request) >= from && endOf(request) < to)
}

function felt(requests: readonly UserRequest[]): Felt | null {
  const waits = summaryOf(requests.map(({ ms }) => ms))
  if (!waits) return null
  return {
    perSecond: requests.length / NOW_SECONDS,
    failedShare: failedIn(requests) / requests.length,
    medianMs: waits.median,
    p95Ms: waits.p95,
  }
}

function secondFrom(at: number, requests: readonly UserRequest[]): Second {
  const waits = summaryOf(requests.map(({ ms }) => ms))
  return { at, requests: requests.length, failed: failedIn(requests), p95Ms: waits?.p95 ?? null }
}

function failedIn(requests: readonly UserRequest[]): number {
  return requests.filter(({ ok }) => !ok).length
}
