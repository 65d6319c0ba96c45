import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { descendants } from '../../domain/topology.ts'
import { unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'
import { evidence, pointsOf, type Points } from '../history.ts'

/** Percent. */
const HIGH = 70
/** Points that it rose by since it last fell, for the rise to be one. */
const LEAST_RISE = 10
/** How well a straight line must fit the rise, as a correlation. */
const STEADY = 0.8
/** Where a rise has begun and ended, as shares of it: what a start takes, and takes by and by, is no part of it. */
const BEGUN = 0.15
const ENDED = 0.95
/** A fall of so many points is a new beginning: a restart, a collection. */
const FALL = 10
const LEAST_POINTS = 5

/** Memory that is high and has risen steadily since it last began anew: it leaks, and does not only work with much. */
export const leak: DiagnosisEngine = {
  name: 'leak',
  suggest: (x) =>
    [...new Set(unhealthyOf(x.incident).flatMap((ref) => [ref, ...descendants(x.topology, ref)]))].flatMap((ref) =>
      leaking(ref, x),
    ),
}

function leaking(target: ResourceRef, x: Case): Hypothesis[] {
  const points = rising(sinceFall(pointsOf('memory_usage', target, x)))
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < LEAST_POINTS || last.value <= HIGH) return []
  const rise = last.value - first.value
  if (rise < LEAST_RISE || correlation(points) < STEADY) return []
  const perMinute = (rise * 60_000) / (last.at - first.at)
  return [
    {
      cause: 'memory-leak',
      target,
      confidence: 0.88,
      summary: `${target} leaks memory: ${round(rise)} points more in ${round((last.at - first.at) / 1000)} s, without a break`,
      for: [
        evidence('memory_usage', last.value, last.at, HIGH),
        evidence('memory_usage, rise per minute', perMinute, last.at),
      ],
      against: [],
      recommendation: 'restart it before it reaches its limit, and look for what it keeps',
      affected: [target],
    },
  ]
}

function sinceFall(points: Points): Points {
  const fell = points.findLastIndex(({ value }, i) => value < (points[i - 1]?.value ?? value) - FALL)
  return points.slice(Math.max(0, fell))
}

/** Without the flat ends: what was there before it began, and what nothing could be added to any more. */
function rising(points: Points): Points {
  const values = points.map(({ value }) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const share = (part: number): number => low + (high - low) * part
  const from = values.findLastIndex((value) => value <= share(BEGUN))
  const to = values.findIndex((value) => value >= share(ENDED))
  return from < to ? points.slice(from, to + 1) : []
}

function correlation(points: Points): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
  const [times, values] = [points.map(({ at }) => at), points.map(({ value }) => value)]
  const [time, value] = [mean(times), mean(values)]
  const covariance = mean(points.map((one) => (one.at - time) * (one.value - value)))
  const spread = (all: readonly number[], middle: number): number =>
    Math.sqrt(mean(all.map((one) => (one - middle) ** 2)))
  return covariance / (spread(times, time) * spread(values, value) || Infinity)
}

const round = (value: number): number => Math.round(value)
