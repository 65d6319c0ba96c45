import type { z } from 'zod'
import type { AimRule } from '../domain/alert.ts'
import { alertTargetsOf } from './alert-targets.ts'
import { period, section, whole } from './leaves.ts'
import type { Config } from './config.ts'
import type { AlertTargetSection, FileSections } from './schema.ts'
import type { Path } from './problems.ts'
import type { Scope } from './scope.ts'

export type ReceiveSection = {
  maxSeries?: number
  perSource?: number
  interval?: number
  staleAfter?: number
  targets?: AlertTargetSection[]
}

/** What senders may push: samples, log lines, spans, events. */
export type ReceiveConfig = {
  /** Series in all, and of one sender; what is beyond is shed. */
  readonly maxSeries: number
  readonly perSource: number
  /** How often a value of a series comes, at the quickest: as much is kept of it. */
  readonly intervalMs: number
  /** A series of which nothing came for so long is not seen any more. */
  readonly staleAfterMs: number
  /** From the labels of a series, a log line or an event to its target, in order. */
  readonly targets: readonly AimRule[]
}

const MAX_SERIES = 1_000_000
const PER_SOURCE = 500_000
const STALE_STEPS = 3
/** A Prometheus with little to send sends it every five seconds, whatever the pace of its scrapes. */
const LEAST_STALE_MS = 15_000
const PATH: Path = ['receive', 'targets']

export function receiveSchema(target: z.ZodType<AlertTargetSection[]>): z.ZodType<ReceiveSection> {
  return section({
    maxSeries: whole(1, 10_000_000).exactOptional(),
    perSource: whole(1, 10_000_000).exactOptional(),
    interval: period.exactOptional(),
    staleAfter: period.exactOptional(),
    targets: target.exactOptional(),
  })
}

/** What others push. */
export function receivingOf(
  { alertTargets = [], receive, sources, trustLabels }: FileSections,
  scope: Scope,
): Pick<Config, 'alertTargets' | 'receive' | 'syslog'> {
  const syslog = sources?.syslog?.listen
  return {
    alertTargets: alertTargetsOf(alertTargets, trustLabels, scope),
    receive: receiveOf(receive, trustLabels, scope),
    ...(syslog && { syslog }),
  }
}

function receiveOf(
  { maxSeries = MAX_SERIES, perSource, interval, staleAfter, targets = [] }: ReceiveSection = {},
  trustLabels: readonly string[] | undefined,
  scope: Scope,
): ReceiveConfig {
  const { defaults, problems } = scope
  const intervalMs = interval ?? defaults.intervalMs
  const staleAfterMs = staleAfter ?? Math.max(defaults.staleAfterMs, STALE_STEPS * intervalMs, LEAST_STALE_MS)
  if (staleAfterMs <= intervalMs) {
    problems.push({ path: ['receive', 'staleAfter'], message: 'must be longer than the interval' })
  }
  return {
    maxSeries,
    perSource: perSource ?? Math.min(maxSeries, PER_SOURCE),
    intervalMs,
    staleAfterMs,
    targets: alertTargetsOf(targets, trustLabels, scope, PATH),
  }
}
