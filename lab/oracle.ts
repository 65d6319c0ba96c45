import type { UserRequest } from './load/protocol.ts'

/**
 * The oracle stands outside Kintsugi: it knows what the lab broke, what the users met and what the shims did, and
 * nothing of Kintsugi's record. Everything here is pure; times are epoch milliseconds.
 */

/** One change as whoever carried it out counted it: a shim, an instance, or the balancer (by the name of its pool). */
export type Effect = {
  readonly instance: string
  /** The service it touched: its own, or the one behind the pool. */
  readonly service: string
  /** What was done: `restart`, `config`, `pool/web` ... */
  readonly kind: string
  readonly at: number
  readonly key: string
}

/** What is to be judged: one fault, from its injection to the end of the watch. */
export type Observed = {
  readonly injectedAt: number
  /** Harm comes by and by: then it began with the first user who was not served in time. */
  readonly comesSlowly?: boolean
  /** Since when the fault's own probe has found nothing, at the end of the watch; undefined while it is present. */
  readonly absentSince?: number
  /** Moments at which the fault struck again by itself. */
  readonly strikes: readonly number[]
  /** The service whose instance is broken: effects on it are inside the cause's lineage. */
  readonly service: string
  readonly effects: readonly Effect[]
  readonly requests: readonly UserRequest[]
  /** For a fault that must end held: how many restarts the limits allow, and whether Kintsugi held. */
  readonly held?: { readonly allowedRestarts: number; readonly isHeld: boolean; readonly until?: number }
}

export type Judgement = {
  /** From when on times count: the injection, or the first sample beyond the limit where harm comes slowly. */
  readonly beganAt: number
  /** When the fiftieth request in a row was served in time after the fault was gone; null when it never came to that. */
  readonly healedAt: number | null
  /** Why each harmful thing was harmful; empty is good. */
  readonly harm: readonly string[]
  readonly failedRequests: number
  readonly requests: number
  readonly effects: number
}

const IN_A_ROW = 50
const BEFORE_MS = 10_000
const AFTER_MS = 30_000
/** A rise by less is within what an idle shop shows on a busy machine: 1 request in 200. */
const LEAST_RISE = 0.005
/** So many standard errors are no chance. */
const NO_CHANCE = 3

export function judge(x: Observed): Judgement {
  const requests = [...x.requests].sort((a, b) => a.sentAt - b.sentAt)
  const since = requests.filter(({ sentAt }) => sentAt >= x.injectedAt)
  return {
    beganAt: (x.comesSlowly && since.find(({ ok }) => !ok)?.sentAt) || x.injectedAt,
    healedAt: x.absentSince === undefined ? null : healedAt(requests, x.absentSince),
    harm: [...harmOfEffects(x, requests), ...harmOfHeld(x)],
    failedRequests: since.filter(({ ok }) => !ok).length,
    requests: since.length,
    effects: x.effects.length,
  }
}

/**
 * The moment at which fifty requests in a row, all sent after the fault was gone, had been served in time; null when
 * there were none. `requests` are in the order of sending.
 */
export function healedAt(requests: readonly UserRequest[], absentSince: number): number | null {
  let row = 0
  let servedBy = 0
  for (const { sentAt, ms, ok } of requests) {
    if (sentAt < absentSince) continue
    row = ok ? row + 1 : 0
    servedBy = ok ? Math.max(row === 1 ? 0 : servedBy, sentAt + ms) : 0
    if (row === IN_A_ROW) return servedBy
  }
  return null
}

/** How many requests there were, and which share of them failed. */
export type Failures = { readonly requests: number; readonly share: number }

/** Failures among the requests sent from `from` up to `to`, without those in flight at `leaveOut`. */
export function failures(requests: readonly UserRequest[], from: number, to: number, leaveOut: number): Failures {
  let [all, failed] = [0, 0]
  for (const { sentAt, ms, ok } of requests) {
    if (sentAt < from || sentAt >= to) continue
    if (sentAt <= leaveOut && sentAt + ms >= leaveOut) continue
    all += 1
    if (!ok) failed += 1
  }
  return { requests: all, share: all === 0 ? 0 : failed / all }
}

/** Whether a greater share failed after than before, by more than chance explains. */
export function isRise(before: Failures, after: Failures): boolean {
  const all = before.requests + after.requests
  if (after.requests === 0) return false
  const pooled = (before.share * before.requests + after.share * after.requests) / all
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / Math.max(1, before.requests) + 1 / after.requests))
  return after.share - before.share > Math.max(LEAST_RISE, NO_CHANCE * error)
}

function harmOfEffects(x: Observed, requests: readonly UserRequest[]): string[] {
  return x.effects.flatMap((effect) => {
    if (effect.service !== x.service) return [`${effect.key} on ${effect.instance}: outside the lineage of the cause`]
    const before = failures(requests, effect.at - BEFORE_MS, effect.at, effect.at)
    const after = failures(requests, effect.at, endOfBlame(x, effect), effect.at)
    if (!isRise(before, after)) return []
    const rose = `failed requests rose from ${percent(before.share)} to ${percent(after.share)}`
    return [`${effect.key} on ${effect.instance}: ${rose}`]
  })
}

/** What fails after the fault itself has struck again is the fault's doing. */
function endOfBlame({ strikes }: Observed, { at }: Effect): number {
  return Math.min(at + AFTER_MS, ...strikes.filter((strike) => strike > at))
}

function harmOfHeld({ held, effects }: Observed): string[] {
  if (!held) return []
  const counted = effects.filter(({ at }) => held.until === undefined || at < held.until).length
  const harm = held.isHeld ? [] : ['it was to end held, and was not']
  if (counted > held.allowedRestarts) harm.push(`${counted} restarts, where the limits allow ${held.allowedRestarts}`)
  return harm
}

/** A round in which no user was hurt proves nothing: it is run again. */
export function wasFelt(judgement: Judgement): boolean {
  return judgement.failedRequests > 0
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
