import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ReplayAsked } from '../cli/deps.ts'
import type { Config } from '../config/config.ts'
import { readYaml } from '../config/document.ts'
import { nodeOf, readTargets } from '../config/policy-tests.ts'
import { alertsIn, metricsOf } from '../domain/condition/ast.ts'
import { resolved } from '../domain/condition/aliases.ts'
import { parseCondition } from '../domain/condition/parse.ts'
import { matches } from '../domain/condition/matchers.ts'
import { BlindError, UsageError } from '../domain/errors.ts'
import type { Intake } from '../domain/intake.ts'
import type { RecordPort } from '../domain/ports.ts'
import { partsOf, type ResourceRef } from '../domain/resource.ts'
import type { Labels } from '../domain/signal.ts'
import { targetFrom } from '../domain/target-template.ts'
import type { TopologyNode } from '../domain/topology.ts'
import { merged } from '../engine/replay/merge.ts'
import { replay, type Replayed } from '../engine/replay/play.ts'
import { reportOf, type ReplayReport } from '../engine/replay/report.ts'
import { systemClock } from '../lib/clock.ts'
import { readAlertLines } from '../signals/recording/alert-lines.ts'
import { readRecording, segmentsIn } from '../signals/recording/read.ts'
import { readRange } from '../signals/promql-range.ts'
import { createWindows } from '../signals/windows.ts'
import { openRecord } from '../store/record.ts'
import { readConfig, settingsOf } from './config.ts'
import { nodesNow } from './discover.ts'
import { ROOMS } from './rooms.ts'
import { capacityFor, graceFor, lookBackFor, revealed } from './sources.ts'

/** Where it is read from: what came in, the way to say so, and the policies that it cannot judge. */
type Taken = Pick<ReplayReport, 'source' | 'notJudged'> & {
  /** Asked once all has been read. */
  readonly notes: () => readonly string[]
  readonly config: Config
  readonly fromMs: number
  /** Infinity: where the recording ends. */
  readonly toMs: number
  /** Where it ends by all appearances. */
  readonly expectedToMs: number
  readonly stepMs: number
  readonly intake: AsyncIterable<Intake>
}

/** As long as an owner sleeps between two looks, at most: a recording has news of every second. */
const RECORDING_STEP_MS = 1000
const LONGEST_WARM_UP_MS = 7 * 86_400_000
const HOUR_MS = 3_600_000
const LEAST_TIMEOUT_MS = 60_000

/**
 * Replays a range of a Prometheus, or a recording, to the real loop. Nothing outside is touched, nothing is written but a
 * record in a temporary folder, which is removed. Throws UsageError for what cannot be meant.
 */
export async function replayAsked(asked: ReplayAsked): Promise<ReplayReport> {
  const whole = configFor(asked)
  const ending = new AbortController()
  const taken =
    asked.recording === undefined ? await fromPrometheus(asked, whole, ending.signal) : fromRecording(asked, whole)
  const { config, fromMs, stepMs } = taken
  const { alertsFile, onProgress } = asked
  const { toMs, expectedToMs } = taken
  if (toMs <= fromMs) throw new UsageError('cannot replay: the end is not after the beginning; see --from and --to')
  const intake =
    alertsFile === undefined ? taken.intake : merged(taken.intake, readAlertLines(textOf(alertsFile), alertsFile))
  const subject = {
    ...ROOMS,
    settings: settingsOf(config),
    graceMs: graceFor(config),
    windows: () => createWindows({ capacity: capacityFor(config) }),
  }
  const progress =
    onProgress && ((now: number) => onProgress(Math.max(0, Math.min(1, (now - fromMs) / (expectedToMs - fromMs)))))
  try {
    const replayed = await withRecord((record) =>
      replay(intake, { subject, record, fromMs, toMs, stepMs, ...(progress && { onProgress: progress }) }),
    )
    const { source, notJudged, notes } = taken
    const policies = config.policies.map(({ name }) => name)
    refuseUnseen(replayed)
    return reportOf(replayed, { fromMs, toMs: replayed.endMs, stepMs, source, policies, notJudged, notes: notes() })
  } finally {
    ending.abort()
  }
}

/** Throws {@link BlindError} where nothing was seen, since it could not be: that is no quiet time. */
function refuseUnseen({ seen: { samples, alerts, missing } }: Replayed): void {
  const [first] = missing
  if (samples > 0 || alerts.fired > 0 || !first) return
  throw new BlindError(`nothing of that time can be seen: ${first.what}: ${first.why}`)
}

/** A whole configuration stands for itself; anything else takes the place of the configuration's policies. */
function configFor({ configPath, policyFile }: ReplayAsked): Config {
  if (policyFile === undefined) return readConfig(configPath)
  const text = textOf(policyFile)
  const { value } = readYaml(text, policyFile)
  const isWhole = typeof value === 'object' && value !== null && 'version' in value
  return isWhole ? readConfig(policyFile) : readConfig(configPath, { file: policyFile, text })
}

function fromRecording(
  { recording = '', fromMs: asked, toMs = Number.POSITIVE_INFINITY, stepMs, source, targetsFile }: ReplayAsked,
  config: Config,
): Taken {
  if (source !== undefined) throw new UsageError('cannot replay from both: give --source or --recording')
  const segments = segmentsIn(recording)
  const [began, last] = [segments[0]?.at ?? 0, segments.at(-1)?.at ?? 0]
  const fromMs = Math.max(began, asked ?? began)
  const step = stepMs ?? RECORDING_STEP_MS
  const warmMs = Math.min(LONGEST_WARM_UP_MS, lookBackFor(config, step))
  const known = targetsFile === undefined ? [] : readTargets(textOf(targetsFile), targetsFile)
  const intake = withTargets(readRecording(recording, { fromMs: fromMs - warmMs, toMs }), known)
  const expectedToMs = Math.min(toMs, last + HOUR_MS)
  return {
    config,
    fromMs,
    toMs,
    expectedToMs,
    stepMs: step,
    source: `recording ${recording}`,
    notJudged: [],
    notes: () => [],
    intake,
  }
}

/** What a file says existed, beside what the recording says. */
async function* withTargets(intake: AsyncIterable<Intake>, known: readonly TopologyNode[]): AsyncGenerator<Intake> {
  for await (const one of intake) yield one.kind === 'targets' ? { ...one, nodes: [...one.nodes, ...known] } : one
}

async function fromPrometheus(asked: ReplayAsked, whole: Config, abort: AbortSignal): Promise<Taken> {
  const { fromMs: askedFrom, toMs = systemClock().now(), source, targetsFile } = asked
  const configured = whole.prometheus
  const url = source ?? configured?.url
  if (url === undefined) {
    throw new UsageError(
      'cannot replay: there is no sources.prometheus; name a Prometheus with --source, or a --recording',
    )
  }
  if (askedFrom === undefined) throw new UsageError('cannot replay a Prometheus without --from, such as --from -24h')
  const stepMs = asked.stepMs ?? configured?.stepMs ?? 30_000
  // Every step is asked on a multiple of it: the same range gives the same answers.
  const fromMs = Math.ceil(askedFrom / stepMs) * stepMs
  const prometheus = configured && {
    ...configured,
    stepMs,
    staleAfterMs: Math.max(configured.staleAfterMs, 3 * stepMs),
  }
  const notJudged = unjudged(whole)
  const left = new Set(notJudged.map(({ policy }) => policy))
  const policies = whole.policies.filter(({ name }) => !left.has(name))
  const config = { ...whole, policies, ...(prometheus && { prometheus }) }
  const warmMs = Math.min(LONGEST_WARM_UP_MS, lookBackFor(config, stepMs))
  const file = targetsFile === undefined ? [] : readTargets(textOf(targetsFile), targetsFile)
  const existing = existingTargets([...(await nodesNow(config)), ...file, ...named(config)])
  const { key, ...tls } = prometheus?.tls ?? {}
  const range = {
    url,
    headers: revealed(prometheus?.headers ?? {}),
    ...(prometheus?.tls && { tls: { ...tls, ...(key && { key: key.reveal() }) } }),
    timeoutMs: Math.max(prometheus?.timeoutMs ?? 0, LEAST_TIMEOUT_MS),
    staleAfterMs: prometheus?.staleAfterMs ?? 5 * 60_000,
    stepMs,
    queries: prometheus?.queries ?? [],
    fromMs: fromMs - Math.ceil(warmMs / stepMs) * stepMs,
    toMs,
  }
  const tools = { clock: systemClock(), abort, targetOf: targetOf(config), ...existing }
  const { notes } = existing
  return {
    config,
    fromMs,
    toMs,
    expectedToMs: toMs,
    stepMs,
    source: `Prometheus ${url}`,
    notJudged,
    notes,
    intake: readRange(range, tools),
  }
}

/** Policies about what no query asks: their silence is not blindness of that time. */
function unjudged({ policies, aliases, prometheus, connectors: _ }: Config): ReplayReport['notJudged'] {
  const asked = new Set(prometheus?.queries.map(({ name }) => name))
  return policies.flatMap(({ name, condition, schedule }) => {
    const look = resolved(parseCondition(condition), aliases)
    const unasked = [...new Set(metricsOf(look).filter((metric) => !asked.has(metric)))]
    if (unasked.length === 0 || alertsIn(parseCondition(condition)).length > 0) return []
    if (schedule && !schedule.conditional) return []
    return [{ policy: name, reason: `no query of sources.prometheus is named ${unasked.join(', ')}` }]
  })
}

/** Targets that the configuration names by itself: a template, or a pattern, names none. */
function named({ prometheus, policies }: Config): TopologyNode[] {
  const texts = [...(prometheus?.queries ?? []), ...policies].map(({ target }) => target)
  return texts.flatMap((text) => {
    const found = /[*{]/.test(text) ? undefined : targetFrom(text, {})
    return found && 'target' in found ? [nodeOf({ ref: found.target })] : []
  })
}

const BY_LABELS =
  'are known by labels alone: what they are part of, and what depends on them, is not known; say it with --targets'

/** What exists: what connectors and files know, and what labels name as time passes. */
function existingTargets(known: readonly TopologyNode[]): {
  onTarget(ref: ResourceRef): void
  news(): Intake | undefined
  notes(): readonly string[]
} {
  const nodes = new Map<ResourceRef, TopologyNode>()
  for (const node of known) if (!nodes.has(node.ref)) nodes.set(node.ref, node)
  let hasNews = true
  let byLabels = 0
  return {
    notes: () => (byLabels === 0 ? [] : [`${byLabels} targets ${BY_LABELS}`]),
    onTarget: (ref) => {
      if (nodes.has(ref)) return
      const { connector, kind } = partsOf(ref)
      const like = [...nodes.values()].find((node) => {
        const parts = partsOf(node.ref)
        return parts.connector === connector && parts.kind === kind && node.can !== undefined
      })
      nodes.set(ref, { ...nodeOf({ ref }), ...(like?.can && { can: like.can }) })
      hasNews = true
      byLabels += 1
    },
    news: () => {
      if (!hasNews) return undefined
      hasNews = false
      return { kind: 'targets', at: 0, nodes: [...nodes.values()] }
    },
  }
}

/** The target that the first rule for an alert names, whether or not anybody knows it. */
function targetOf({ alertTargets }: Config): (labels: Labels) => ResourceRef | undefined {
  return (labels) => {
    const rule = alertTargets.find(({ match }) => matches(labels, match))
    const found = rule && targetFrom(rule.target, labels)
    return found && 'target' in found ? found.target : undefined
  }
}

async function withRecord<T>(use: (record: RecordPort) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kintsugi-replay-'))
  try {
    const { moment } = systemClock()
    const record = await openRecord({ folder, moment, inProcess: true, synchronous: 'off', reserveBytes: 0 })
    try {
      return await use(record)
    } finally {
      await record.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`cannot read ${file}`, { cause })
  }
}
