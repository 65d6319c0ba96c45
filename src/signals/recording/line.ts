import { z } from 'zod'
import type { Alert } from '../../domain/alert.ts'
import type { Intake } from '../../domain/intake.ts'
import { ResourceRef } from '../../domain/resource.ts'
import type { Labels, Sample } from '../../domain/signal.ts'
import type { TopologyNode } from '../../domain/topology.ts'

/** The version of the format, which docs/replay.md describes. */
export const FORMAT_VERSION = 1

/** The first line of every segment. */
export const firstLine = (at: number): string =>
  `${JSON.stringify({ kintsugi: 'signals', version: FORMAT_VERSION, at })}\n`

/** What tells a series from others; samples name it by a number of their segment. */
type Identity = Pick<Sample, 'metric' | 'target' | 'labels'>

/** Writes what came in as lines; it remembers which series of its segment have a number. */
export function lineWriter(): (one: Intake) => string {
  const ids = new Map<string, number>()
  // Sources hand in the same labels, the same object, round after round.
  const keys = new WeakMap<Labels, string>()
  const keyOf = (labels: Labels): string => {
    const known = keys.get(labels)
    if (known !== undefined) return known
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
    keys.set(labels, key)
    return key
  }
  return (one) => {
    if (one.kind !== 'observed') return `${JSON.stringify(one)}\n`
    const { source, intervalMs, samples } = one.observation
    let lines = ''
    const byTime = new Map<number, (number | string)[]>()
    for (const { metric, target, labels, at, value } of samples) {
      const name = `${target}\n${metric}\n${keyOf(labels)}`
      let id = ids.get(name)
      if (id === undefined) {
        id = ids.size
        ids.set(name, id)
        lines += `${JSON.stringify({ kind: 'series', id, metric, target, labels })}\n`
      }
      const values = byTime.get(at) ?? []
      if (values.length === 0) byTime.set(at, values)
      values.push(id, Number.isFinite(value) ? value : String(value))
    }
    if (samples.length === 0) byTime.set(one.at, [])
    for (const [seenAt, values] of byTime) {
      const seen = seenAt === one.at ? {} : { seenAt }
      lines += `${JSON.stringify({ kind: 'observed', at: one.at, source, intervalMs, ...seen, values })}\n`
    }
    return lines
  }
}

const labels: z.ZodType<Labels> = z.record(z.string(), z.string())
const series: z.ZodType<Identity & { id: number }> = z.object({
  id: z.int().min(0),
  metric: z.string(),
  target: ResourceRef,
  labels,
})
const alert: z.ZodType<Alert> = z.object({
  fingerprint: z.string(),
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels,
  startsAt: z.number(),
  endsAt: z.number().exactOptional(),
  generatorUrl: z.string().exactOptional(),
  source: z.string(),
  receivedAt: z.number(),
})
const capability = z.enum([
  'instances',
  'workloads',
  'traffic',
  'configuration',
  'caches',
  'pools',
  'disks',
  'commands',
])
const node: z.ZodType<TopologyNode> = z.object({
  ref: ResourceRef,
  partOf: ResourceRef.exactOptional(),
  dependsOn: z.array(ResourceRef),
  learned: z.array(ResourceRef).exactOptional(),
  durable: z.boolean(),
  sharedFate: z.array(z.string()),
  can: z.array(capability).exactOptional(),
})
const at = z.number()
const rest: z.ZodType<Exclude<Intake, { kind: 'observed' }>> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alerts'), at, alerts: z.array(alert) }),
  z.object({ kind: z.literal('targets'), at, nodes: z.array(node) }),
  z.object({
    kind: z.literal('acted'),
    at,
    run: z.string(),
    remedy: z.string(),
    target: ResourceRef,
    owner: ResourceRef,
  }),
  z.object({ kind: z.literal('missed'), at, from: at, to: at, what: z.string(), why: z.string() }),
])

/** Why a line cannot be read; the rest of its segment is then left aside. */
export class TornError extends Error {}

/** A line as JSON has it: judged by hand, since there are millions. */
type Raw = Partial<Record<string, unknown>>

/**
 * Reads the lines of one segment, one after the other; undefined for one that brings nothing by itself. A kind that is
 * not known is left aside: a later version may have more. Throws {@link TornError}.
 */
export function lineReader(): (line: string) => Intake | undefined {
  const known: Identity[] = []
  return (line) => {
    const raw = jsonOf(line)
    switch (raw['kind']) {
      case 'observed':
        return observedFrom(raw, known)
      case 'series': {
        const { id, ...identity } = checked(series, raw)
        known[id] = identity
        return undefined
      }
      case 'alerts':
      case 'targets':
      case 'acted':
      case 'missed':
        return checked(rest, raw)
      default:
        return undefined
    }
  }
}

/** Whether this is the first line of a segment of a version that can be read; throws {@link TornError} when not. */
export function checkFirstLine(line: string): void {
  const { kintsugi, version } = jsonOf(line)
  if (kintsugi !== 'signals') throw new TornError('it does not begin with {"kintsugi":"signals"}')
  if (version !== FORMAT_VERSION)
    throw new TornError(`it is of version ${String(version)}, and ${FORMAT_VERSION} is known`)
}

function observedFrom(raw: Raw, known: readonly Identity[]): Intake {
  const { at: cameAt, source, intervalMs, seenAt = cameAt, values } = raw
  if (
    typeof cameAt !== 'number' ||
    typeof seenAt !== 'number' ||
    typeof source !== 'string' ||
    typeof intervalMs !== 'number' ||
    !Array.isArray(values)
  ) {
    throw new TornError('an observation lacks at, source, intervalMs or values')
  }
  const samples: Sample[] = []
  for (let i = 0; i + 1 < values.length; i += 2) {
    const identity = known[values[i] as number]
    const value: unknown = values[i + 1]
    if (!identity) throw new TornError(`series ${String(values[i])} is named before it is told`)
    const { metric, target, labels: of } = identity
    samples.push({ metric, target, labels: of, at: seenAt, value: typeof value === 'number' ? value : Number(value) })
  }
  return { kind: 'observed', at: cameAt, observation: { source, intervalMs, samples } }
}

function checked<T>(schema: z.ZodType<T>, raw: Raw): T {
  const { data, error } = schema.safeParse(raw)
  if (data) return data
  throw new TornError(
    `a line of kind ${String(raw['kind'])} cannot be read: ${error?.issues[0]?.message ?? 'no reason'}`,
  )
}

function jsonOf(line: string): Raw {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Told below.
  }
  throw new TornError('a line is no JSON object')
}
