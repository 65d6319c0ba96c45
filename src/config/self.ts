import type { z } from 'zod'
import { isSamePlace } from '../domain/footing.ts'
import { covers, isRef, type ResourceRef } from '../domain/resource.ts'
import type { ProbeConfig, ScrapeConfig } from './config.ts'
import { byName, bytes, list, period, section, text, whole } from './leaves.ts'
import type { FileSections } from './schema.ts'
import { fromFolderOf, targetOf, type PolicyPlace, type Scope } from './scope.ts'
import type { Secret } from './secret.ts'

/** What the file says of Kintsugi's own care. Durations are milliseconds, sizes are bytes. */
export type HeartbeatSection = { url: Secret; every?: number; headers?: Record<string, Secret> }
export type WatchdogSection = { alert?: string; staleAfter?: number }
export type SelfLimitsSection = { memory?: number; queue?: number; loopLag?: number }

/** How much of the machine Kintsugi may take before it begins nothing new. */
export type SelfLimits = { readonly memoryBytes: number; readonly queue: number; readonly loopLagMs: number }

/** What keeps watch over Kintsugi, and what it stands on. */
export type SelfConfig = {
  /** Targets and patterns that the operator declares. */
  readonly standsOn: readonly string[]
  /** Where its signals come from: who is at these places is stood on. */
  readonly sources: readonly { readonly name: string; readonly url: string }[]
  readonly heartbeat?: {
    readonly url: Secret
    readonly everyMs: number
    readonly headers: Readonly<Record<string, Secret>>
  }
  /** The alert that always fires: missing, Kintsugi's alerts are blind. */
  readonly watchdog?: { readonly alert: string; readonly staleAfterMs: number }
  readonly limits: SelfLimits
  /** A file outside the data folder in which the head of the record is witnessed. */
  readonly headFile?: string
}

const BEAT_EVERY_MS = 60_000
const WATCHDOG = { alert: 'Watchdog', staleAfterMs: 300_000 }
const LIMITS: SelfLimits = { memoryBytes: 4 * 2 ** 30, queue: 50_000, loopLagMs: 1000 }

export function heartbeatSchema(secret: z.ZodType<Secret>): z.ZodType<HeartbeatSection> {
  return section({
    url: secret,
    every: period.exactOptional(),
    headers: byName(secret, 'expected headers by name').exactOptional(),
  })
}

export const watchdog: z.ZodType<WatchdogSection> = section({
  alert: text('expected the name of an alert').exactOptional(),
  staleAfter: period.exactOptional(),
})

export const selfLimits: z.ZodType<SelfLimitsSection> = section({
  memory: bytes.exactOptional(),
  queue: whole(1, 10_000_000).exactOptional(),
  loopLag: period.exactOptional(),
})

export const standsOn: z.ZodType<string[]> = list(text('expected a target or a pattern'))

export function selfOf(sections: FileSections, file: string, scope: Scope): SelfConfig {
  const { heartbeat, limits, sources, record } = sections
  const { prometheus, alertmanager: am } = sources ?? {}
  const { memory, queue, loopLag } = limits?.self ?? {}
  if (heartbeat && !isHttp(heartbeat.url.reveal())) {
    scope.problems.push({ path: ['heartbeat', 'url'], message: 'must begin with http:// or https://' })
  }
  return {
    standsOn: (sections.standsOn ?? []).map((pattern, i) => targetOf(pattern, ['standsOn', i], scope)),
    sources: [
      ...(prometheus ? [{ name: 'the Prometheus', url: prometheus.url }] : []),
      ...(am ? [{ name: 'the Alertmanager', url: am.url }] : []),
    ],
    ...(heartbeat && {
      heartbeat: { url: heartbeat.url, everyMs: heartbeat.every ?? BEAT_EVERY_MS, headers: heartbeat.headers ?? {} },
    }),
    ...(am?.watchdog && {
      watchdog: {
        alert: am.watchdog.alert ?? WATCHDOG.alert,
        staleAfterMs: am.watchdog.staleAfter ?? WATCHDOG.staleAfterMs,
      },
    }),
    limits: {
      memoryBytes: memory ?? LIMITS.memoryBytes,
      queue: queue ?? LIMITS.queue,
      loopLagMs: loopLag ?? LIMITS.loopLagMs,
    },
    ...(record?.headFile !== undefined && { headFile: fromFolderOf(file, record.headFile) }),
  }
}

const isHttp = (text: string): boolean => ['http:', 'https:'].includes(URL.parse(text)?.protocol ?? '')

/**
 * Refuses policies whose targets can only be what Kintsugi stands on: every one of them would be denied, and nobody would
 * know before the night. What is found at run time only (its own process, its machine) is not known here.
 */
export function refuseFooting(
  { standsOn, sources }: SelfConfig,
  places: readonly PolicyPlace[],
  looks: readonly (Pick<ProbeConfig, 'target' | 'check'> | Pick<ScrapeConfig, 'target' | 'at'>)[],
): void {
  const read = looks.flatMap((look) => {
    const { target } = look
    const url = urlOf(look)
    const source = url !== undefined && isRef(target) ? sources.find((one) => isSamePlace(one.url, url)) : undefined
    return source ? [{ pattern: target, why: `${source.name} that Kintsugi reads is there` }] : []
  })
  const grounds = [...standsOn.map((pattern) => ({ pattern, why: `standsOn has ${pattern}` })), ...read]
  for (const { policy, path, problems } of places) {
    const { target } = policy
    // Whoever only looks, or only calls a person, does no harm.
    if (policy.autonomy === 'observe' || policy.ladder.every((rung) => rung === 'page')) continue
    const ground = grounds.find(({ pattern }) => isWithin(target, pattern))
    if (!ground) continue
    const message = `"${target}" is what Kintsugi itself stands on (${ground.why}): it would never act there; leave it to a person`
    problems.push({ path, message })
  }
}

/** The one URL by which something is known of a target: whoever is there is that target. */
function urlOf(look: Parameters<typeof refuseFooting>[2][number]): string | undefined {
  const at = 'at' in look ? look.at : look.check.kind === 'http' ? look.check.at : undefined
  return at && 'url' in at ? at.url : undefined
}

/** Whether a pattern covers all that another one does. */
function isWithin(target: string, pattern: string): boolean {
  if (target === pattern) return true
  if (target.includes('**') && !pattern.includes('**')) return false
  return covers(pattern, target as ResourceRef)
}
