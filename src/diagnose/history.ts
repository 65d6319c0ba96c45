import { bind } from '../domain/condition/bind.ts'
import { parseExpression } from '../domain/condition/parse.ts'
import type { Evidence } from '../domain/finding.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { isStale, type Series } from '../domain/signal.ts'
import { partsIn } from '../domain/topology.ts'
import { isIll, type Case } from './diagnose.ts'

/** What a metric of a target was at some moments of its window, oldest first; times are epoch milliseconds. */
export type Points = readonly { readonly at: number; readonly value: number }[]

/** So many moments of a window are looked at: what is told of it is a trend, not a sample. */
const MOST_POINTS = 48
/** So many of the newest are looked at one by one. */
const DENSE_POINTS = 20
const NEWEST_POINTS = 5
/** A past of fewer points is none. */
const LEAST_PAST = 4
/** The averages that metrics are made of lag behind by about so much. */
const LAG_MS = 6000

// Several engines ask the same of one case: it is read once.
const read = new WeakMap<Case, Map<string, Points>>()

/** The past and presence of a metric, read under the name that the configuration gives it; empty where nothing is fresh. */
export function pointsOf(metric: string, target: ResourceRef, x: Case): Points {
  const known = read.get(x) ?? new Map<string, Points>()
  read.set(x, known)
  const key = `${metric} ${target}`
  const points = known.get(key) ?? pointsAnew(metric, target, x)
  known.set(key, points)
  return points
}

function pointsAnew(metric: string, target: ResourceRef, { windows, now, aliases }: Case): Points {
  const bound = bind(parseExpression(metric), { windows, target, now, ...(aliases && { aliases }) })
  if (!Number.isFinite(bound.at(now))) return []
  const [longest] = bound.series.filter((one) => !isStale(one, now)).toSorted((a, b) => b.length - a.length)
  return longest ? pointsAt(longest).flatMap((at) => pointAt(bound.at(at), at)) : []
}

function pointAt(value: number, at: number): Points {
  return Number.isFinite(value) ? [{ at, value }] : []
}

/** Its newest moments, and some before them at even distances. */
function pointsAt(series: Series): number[] {
  const last = series.length - 1
  const step = Math.max(1, Math.ceil(last / MOST_POINTS))
  const times: number[] = []
  for (let i = last; i >= 0; i -= i > last - DENSE_POINTS ? 1 : step) times.push(series.timeAt(i))
  return times.toReversed()
}

/** The mean of the newest few points; undefined where there is none. */
export function presentOf(points: Points): number | undefined {
  const newest = points.slice(-NEWEST_POINTS)
  return newest.length === 0 ? undefined : newest.reduce((sum, { value }) => sum + value, 0) / newest.length
}

/** The median of what was before the trouble began; undefined where too little was seen of that. */
export function pastOf(points: Points, onsetMs: number): number | undefined {
  const before = points.filter(({ at }) => at < onsetMs - LAG_MS).map(({ value }) => value)
  if (before.length < LEAST_PAST) return undefined
  return before.sort((a, b) => a - b)[before.length >> 1]
}

/** When the trouble of the case began, in epoch milliseconds. */
export function onsetOf({ incident, now }: Case): number {
  return Math.min(now, ...incident.findings.filter(isIll).map(({ since }) => since))
}

/** How many times what it was its traffic is now; undefined where either was not seen. */
export function trafficGrowth(target: ResourceRef, x: Case): number | undefined {
  const parts = partsIn(x.topology, target)
  const seen = (parts.length > 0 ? parts : [target]).map((ref) => pointsOf('qps', ref, x))
  const onset = onsetOf(x)
  const sum = (values: readonly (number | undefined)[]): number =>
    values.reduce<number>((all, one) => all + (one ?? 0), 0)
  const past = sum(seen.map((points) => pastOf(points, onset)))
  const present = sum(seen.map(presentOf))
  return past > 0 && seen.some((points) => points.length > 0) ? present / past : undefined
}

export function evidence(signal: string, value: number, at: number, limit?: number): Evidence {
  const rounded = Math.round(value * 100) / 100
  return { signal, value: rounded, at, ...(limit !== undefined && { limit: Math.round(limit * 100) / 100 }) }
}
