import { join } from 'node:path'
import type { AlertmanagerConfig, Config, ConnectorConfig, HttpPlace, PrometheusConfig } from '../config/config.ts'
import type { HttpAccess } from '../config/http-access.ts'
import type { Secret } from '../config/secret.ts'
import { balancerConnector } from '../connectors/balancer/index.ts'
import { processConnector } from '../connectors/process/index.ts'
import { resolved } from '../domain/condition/aliases.ts'
import {
  echoMs,
  metricsOf,
  reachOf,
  THRESHOLD,
  type Condition,
  type Expression,
  type Reach,
} from '../domain/condition/ast.ts'
import { parseCondition, parseExpression } from '../domain/condition/parse.ts'
import { SHIPPED_RULES } from '../diagnose/shipped-rules.ts'
import type { Connector, Tools } from '../domain/ports.ts'
import { covers, isRef, partsOf, type ResourceRef } from '../domain/resource.ts'
import { STALE_INTERVALS, type LogLine } from '../domain/signal.ts'
import type { Targets } from '../engine/tasks/targets.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Spawner } from '../lib/spawner/index.ts'
import { filledFirst, type BackFillTools } from '../signals/back-fill.ts'
import { connectorSource } from '../signals/connector-source.ts'
import type { TlsFiles } from '../signals/http-get.ts'
import { logSource } from '../signals/log-source.ts'
import { watchSilences, type Silences, type SilencesTools } from '../signals/silences.ts'
import { promqlSource } from '../signals/promql.ts'
import { probeSource, type Place } from '../signals/probe-source.ts'
import { scrapeSource } from '../signals/scrape.ts'
import type { Source } from '../signals/sources.ts'

/** How often a connector is asked what it sees by itself, in milliseconds. */
const OBSERVE_EVERY_MS = 1000

export function connectorOf(config: ConnectorConfig): Connector {
  switch (config.type) {
    case 'process':
      return processConnector({ ...config, intervalMs: OBSERVE_EVERY_MS })
    case 'balancer':
      return balancerConnector({ ...config, intervalMs: OBSERVE_EVERY_MS })
  }
}

/** The capabilities of the connector that a target's name begins with; none where there is no such connector. */
export function toolsOf(connectors: readonly Connector[], target: ResourceRef): Partial<Tools> {
  const { connector } = partsOf(target)
  return connectors.find(({ name }) => name === connector)?.tools ?? {}
}

/** What looking takes. */
export type Looking = {
  readonly connectors: readonly Connector[]
  readonly targets: Targets
  readonly clock: Clock
  readonly spawner: Spawner
  readonly log: Log
}

/** Where goes what is read back before anything is looked at, until aborted. */
type Filling = Pick<BackFillTools, 'abort' | 'onObservation'>

/** Everything that is looked at: each connector, each probe, each scrape, the Prometheus. */
export function sourcesOf(config: Config, x: Looking & Filling): Source[] {
  const { connectors, targets, clock, spawner } = x
  return [
    ...connectors.map((connector) => connectorSource(connector, OBSERVE_EVERY_MS, { clock })),
    ...config.probes.map(({ check, ...probe }) => {
      const bare = check.kind === 'http' ? { ...check, headers: revealed(check.headers) } : check
      return probeSource({ ...probe, check: bare }, () => placesOf(probe.target, targets), { clock, spawner })
    }),
    ...config.scrapes.map(({ headers, ...scrape }) => {
      const places = (): Place[] => scrapedPlaces(scrape.target, scrape.at, targets)
      return scrapeSource({ ...scrape, headers: revealed(headers) }, places, { clock })
    }),
    ...(config.prometheus ? [prometheusSource(config.prometheus, backFor(config, config.prometheus), x)] : []),
  ]
}

/** The logs that are followed, and the error lines that they keep. */
export type Logs = { readonly sources: readonly Source[]; errorsOf(target: ResourceRef): readonly LogLine[] }

export function logsOf({ logs, connectors }: Pick<Config, 'logs' | 'connectors'>, targets: Targets): Logs {
  const followed = logs.map(({ target, path, ...log }) =>
    logSource(log, () =>
      placesOf(target, targets).flatMap(({ ref }) => {
        const file = logFileOf(ref, path, connectors)
        return file === undefined ? [] : [{ ref, file }]
      }),
    ),
  )
  return {
    sources: followed.map(({ source }) => source),
    errorsOf: (target) => followed.flatMap(({ errorsOf }) => errorsOf(target)),
  }
}

/** The parts of a target's name begin with a letter or a digit, so that a path made of them stays where it is. */
function logFileOf(ref: ResourceRef, path: string | undefined, connectors: Config['connectors']): string | undefined {
  const parts = partsOf(ref)
  if (path !== undefined) {
    return Object.entries(parts).reduce((file, [part, value]) => file.replaceAll(`{${part}}`, value), path)
  }
  const connector = connectors.find(({ name }) => name === parts.connector)
  return connector?.type === 'process' && parts.kind === 'instance'
    ? join(connector.dir, `${parts.name}.log`)
    : undefined
}

/** The silences of the Alertmanager that is to be asked for them. */
export function silencesFrom(config: AlertmanagerConfig, tools: SilencesTools): Silences {
  return watchSilences(opened(config), tools)
}

/** The way in, with its secrets as they are sent. */
function opened<Access extends HttpAccess>({
  headers,
  tls,
  ...rest
}: Access): Omit<Access, 'headers' | 'tls'> & {
  readonly headers: Record<string, string>
  readonly tls: TlsFiles
} {
  const { key, ...open } = tls ?? {}
  return { ...rest, headers: revealed(headers), tls: { ...open, ...(key && { key: key.reveal() }) } }
}

/** How far back a Prometheus is read at the start: as far as windows reach. */
function backFor(config: LookingBack, { stepMs }: PrometheusConfig): number {
  return Math.min(LONGEST_BACK_MS, Math.max(lookBackFor(config, stepMs), LEAST_SAMPLES * stepMs))
}

function prometheusSource(
  config: PrometheusConfig,
  backMs: number,
  { targets, clock, log, ...filling }: Pick<Looking, 'targets' | 'clock' | 'log'> & Filling,
): Source {
  const isKnown = (ref: ResourceRef): boolean => targets.topology().has(ref)
  const onMissed = (query: string, why: string): void => log.warn({ query, why }, 'the past is not read back')
  const source = promqlSource(opened(config), {
    clock,
    isKnown,
    onDropped: (query, reasons) =>
      reasons === ''
        ? log.info({ query }, 'every series of the answer is taken in again')
        : log.warn({ query, reasons }, 'series of the answer are left out'),
  })
  return filledFirst(source, opened(config), backMs, { ...filling, clock, isKnown, onMissed })
}

function placesOf(pattern: string, targets: Targets): Place[] {
  const addresses = targets.addresses()
  return [...targets.topology().keys()]
    .filter((ref) => covers(pattern, ref))
    .map((ref) => {
      const address = addresses.get(ref)
      return { ref, ...(address !== undefined && { address }) }
    })
}

/** A URL of its own about one named target is read whether or not a connector has found the target yet. */
function scrapedPlaces(target: string, at: HttpPlace, targets: Targets): Place[] {
  return 'url' in at && isRef(target) ? [{ ref: target }] : placesOf(target, targets)
}

/** Headers as they are sent. */
export function revealed(headers: Readonly<Record<string, Secret>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]))
}

/** Samples to keep of a series: enough for a look at the screen, and for what a policy, rule or guard looks back at. */
const LEAST_SAMPLES = 240
const LONGEST_BACK_MS = 86_400_000
const LEAST_GRACE_MS = 30_000

/**
 * How many samples of a series arriving every `intervalMs` the longest condition or guard needs. A range of time is kept
 * of every series; what is longer, the past of a forecast and the thousand samples of a z-score, only of their own metrics.
 */
export function capacityFor(config: LookingBack): (metric: string, intervalMs: number) => number {
  const { prometheus, receive } = config
  const looks = looksBack(config)
  const ofAllMs = Math.max(0, ...looks.map(echoMs))
  const own = new Map<string, Reach>()
  for (const look of looks) {
    const { ms, samples } = reachOf(look)
    for (const metric of metricsOf(look)) {
      const known = own.get(metric) ?? { ms: 0, samples: 0 }
      own.set(metric, { ms: Math.max(known.ms, ms), samples: Math.max(known.samples, samples) })
    }
  }
  // What a query is asked for more often than its staleness says comes at the pace of the query.
  const asked = new Map(prometheus?.queries.map(({ name }) => [name, prometheus.stepMs]))
  // What is pushed comes more often than its staleness says, too.
  const pushedPace = (intervalMs: number): number =>
    receive && intervalMs === receive.staleAfterMs / STALE_INTERVALS ? receive.intervalMs : intervalMs
  return (metric, intervalMs) => {
    const paceMs = Math.min(intervalMs, asked.get(metric) ?? intervalMs, pushedPace(intervalMs))
    const { ms, samples } = own.get(metric) ?? { ms: 0, samples: 0 }
    return Math.max(LEAST_SAMPLES, samples) + Math.ceil(Math.max(ofAllMs, ms) / paceMs)
  }
}

type LookingBack = Pick<Config, 'policies' | 'slos' | 'rules' | 'aliases' | 'prometheus'> &
  Partial<Pick<Config, 'receive'>>

function looksBack({ policies, slos, rules, aliases }: LookingBack): (Condition | Expression)[] {
  return [
    ...policies.map(({ condition }) => parseCondition(condition)),
    ...rules.map(({ when }) => parseCondition(when)),
    ...slos.map(({ expr }) => parseExpression(expr)),
  ].map((look) => resolved(look, aliases))
}

/** What is read by its name alone, whatever the configuration says. */
const ALWAYS_READ = ['up', 'instance_age_seconds', 'restarts_total', 'log_errors_total']

/** The metrics that a condition, a rule, an objective or a guard reads, or may read by an alias: what has windows here. */
export function namedMetrics(config: LookingBack): readonly string[] {
  const { aliases } = config
  const shipped = SHIPPED_RULES.map(({ when }) => resolved(parseCondition(when), aliases))
  const meant = [...aliases.keys()].map((name) => resolved(parseExpression(name), aliases))
  const read = [...looksBack(config), ...shipped, ...meant].flatMap(metricsOf)
  return [...new Set([...read, ...ALWAYS_READ])].filter((name) => name !== THRESHOLD && !aliases.has(name))
}

/** How far the longest condition or guard looks back where a value comes every `stepMs`, in milliseconds. */
export function lookBackFor(config: LookingBack, stepMs: number): number {
  const reaches = looksBack(config).map(reachOf)
  return Math.max(0, ...reaches.map(({ ms, samples }) => ms + samples * stepMs))
}

/** What is looked at slowly may be unseen for longer before that is blindness. */
export function graceFor({ probes, scrapes, prometheus }: Config): number {
  return Math.max(
    LEAST_GRACE_MS,
    prometheus ? prometheus.staleAfterMs + prometheus.stepMs : 0,
    ...[...probes, ...scrapes].map(({ intervalMs }) => (STALE_INTERVALS + 1) * intervalMs),
  )
}
