import { z } from 'zod'
import { UsageError } from '../domain/errors.ts'
import type { Mode } from '../domain/entry.ts'
import { partsOf, ResourceRef } from '../domain/resource.ts'
import type { Labels } from '../domain/signal.ts'
import type { Capability } from '../domain/ports.ts'
import type { TopologyNode } from '../domain/topology.ts'
import type { GateAnswer } from '../domain/verdict.ts'
import type { Config } from './config.ts'
import { readYaml } from './document.ts'
import { byName, duration, label, list, metricName, oneOf, period, read, section, some, text } from './leaves.ts'
import { problemsOf, suggestion, type Path, type Problem } from './problems.ts'
import { fromFolderOf } from './scope.ts'
import { readSeries, type SeriesValues } from './series-text.ts'

/** What deciding must have come to at one moment. `atMs` counts from the beginning of the test. */
export type Wanted = {
  readonly atMs: number
  /** Only what is about this policy, and about this target. */
  readonly policy?: string
  readonly target?: ResourceRef
  /** A remedy, `page` or `none`. */
  readonly plan: string
  readonly verdict?: GateAnswer['answer']
  /** The gates that object, all of them. */
  readonly gates?: readonly string[]
  /** A part of one of the reasons. */
  readonly because?: string
}

/** One test: a small world, what is seen of it as time passes, and what is to be decided. Times are milliseconds. */
export type PolicyTest = {
  readonly name: string
  /** Epoch milliseconds of its beginning. */
  readonly startMs: number
  readonly intervalMs: number
  readonly targets: readonly TopologyNode[]
  readonly signals: readonly {
    readonly target: ResourceRef
    readonly metric: string
    readonly labels: Labels
    readonly values: SeriesValues
  }[]
  readonly alerts: readonly {
    readonly atMs: number
    readonly labels: Labels
    readonly status: 'firing' | 'resolved'
  }[]
  readonly expect: readonly Wanted[]
}

/** A file of tests and the configuration that they test; `mode` goes before the configuration's own. */
export type PolicyTests = { readonly config: Config; readonly mode: Mode; readonly tests: readonly PolicyTest[] }

/** What a test may name. `configOf` throws UsageError for a bad configuration. */
export type Testable = {
  readonly configOf: (path: string) => Config
  readonly remedies: readonly string[]
  readonly gates: readonly string[]
}

/** What exists, as tests of policies and files of targets say it. */
export type TargetSection = {
  ref: ResourceRef
  partOf?: ResourceRef
  dependsOn?: ResourceRef[]
  durable?: boolean
  can?: Capability[]
}
type TestSection = {
  name: string
  start?: number
  interval?: number
  targets: TargetSection[]
  signals?: { target: ResourceRef; metric: string; labels?: Record<string, string>; values: SeriesValues }[]
  alerts?: { at: number; labels: Record<string, string>; status?: 'firing' | 'resolved' }[]
  expect: {
    at: number
    policy?: string
    target?: ResourceRef
    plan: string
    verdict?: GateAnswer['answer']
    gates?: string[]
    because?: string
  }[]
}

const CAPABILITIES = [
  'instances',
  'workloads',
  'traffic',
  'configuration',
  'caches',
  'pools',
  'disks',
  'commands',
] as const satisfies readonly Capability[]

const labels = byName(z.string({ error: 'expected a text' }), 'expected labels', label)

const moment: z.ZodType<number> = read('expected a time such as "2026-01-31T03:00:00Z"', (value) => {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw new UsageError(`cannot read "${value}": expected a time such as "2026-01-31T03:00:00Z"`)
})

const target: z.ZodType<TargetSection> = section({
  ref: ResourceRef,
  partOf: ResourceRef.exactOptional(),
  dependsOn: list(ResourceRef).exactOptional(),
  durable: z.boolean({ error: 'expected true or false' }).exactOptional(),
  can: list(oneOf(CAPABILITIES)).exactOptional(),
})

const signal: z.ZodType<NonNullable<TestSection['signals']>[number]> = section({
  target: ResourceRef,
  metric: metricName,
  labels: labels.exactOptional(),
  values: read('expected values such as "1 1 0x5"', readSeries),
})

const alert: z.ZodType<NonNullable<TestSection['alerts']>[number]> = section({
  at: duration,
  labels,
  status: oneOf(['firing', 'resolved']).exactOptional(),
})

const expected: z.ZodType<TestSection['expect'][number]> = section({
  at: duration,
  policy: text('expected the name of a policy').exactOptional(),
  target: ResourceRef.exactOptional(),
  plan: text('expected a remedy, "page" or "none"'),
  verdict: oneOf(['allow', 'hold', 'deny']).exactOptional(),
  gates: list(text('expected the name of a gate')).exactOptional(),
  because: text('expected a part of a reason').exactOptional(),
})

const file: z.ZodType<{ config: string; mode?: Mode; tests: TestSection[] }> = section({
  config: text('expected the path of a kintsugi.yaml'),
  mode: oneOf(['shadow', 'live']).exactOptional(),
  tests: some(
    section({
      name: text('expected a name'),
      start: moment.exactOptional(),
      interval: period.exactOptional(),
      targets: some(target),
      signals: list(signal).exactOptional(),
      alerts: list(alert).exactOptional(),
      expect: some(expected),
    }),
  ),
})

/**
 * Reads a file of tests, and the configuration that it names as seen from its folder. Throws {@link UsageError} with one
 * line for each problem, `tests.yaml:12:5: tests[0].expect[1].plan: ...`.
 */
export function readPolicyTests(source: string, path: string, testable: Testable): PolicyTests {
  const yaml = readYaml(source, path)
  const refuse = (problems: readonly Problem[]): void => {
    if (problems.length > 0) throw new UsageError(yaml.lines(problems).join('\n'))
  }
  const { data, error } = file.safeParse(yaml.value)
  refuse(problemsOf(error?.issues ?? [], yaml.value))
  if (!data) throw new UsageError(`${path}: cannot be read`)
  const config = testable.configOf(fromFolderOf(path, data.config))
  refuse(data.tests.flatMap((test, i) => problemsIn(test, ['tests', i], config, testable)))
  return { config, mode: data.mode ?? config.mode, tests: data.tests.map(testOf) }
}

/** Names that nothing has, and questions that have no answer: a test that misspells one would pass for ever. */
function problemsIn(test: TestSection, path: Path, config: Config, { remedies, gates }: Testable): Problem[] {
  const problems: Problem[] = []
  const known = (words: readonly string[], word: string | undefined, ...at: Path): void => {
    if (word === undefined || words.includes(word)) return
    problems.push({ path: [...path, ...at], message: `"${word}" is not known${suggestion(word, words)}` })
  }
  const refs = test.targets.map(({ ref }) => ref)
  const connectors = config.connectors.map(({ name }) => name)
  for (const [i, { ref, partOf, dependsOn = [] }] of test.targets.entries()) {
    known(connectors, partsOf(ref).connector, 'targets', i, 'ref')
    known(refs, partOf, 'targets', i, 'partOf')
    for (const [j, on] of dependsOn.entries()) known(refs, on, 'targets', i, 'dependsOn', j)
    if (refs.indexOf(ref) < i) problems.push({ path: [...path, 'targets', i, 'ref'], message: `"${ref}" stands twice` })
  }
  for (const [i, { target: of, metric }] of (test.signals ?? []).entries()) {
    known(refs, of, 'signals', i, 'target')
    const alias = config.aliases.get(metric)
    if (alias === undefined) continue
    const message = `"${metric}" is an alias that no series is read by: give the series of ${alias}`
    problems.push({ path: [...path, 'signals', i, 'metric'], message })
  }
  const policies = config.policies.map(({ name }) => name)
  for (const [i, { policy, target: of, plan, verdict, gates: objecting }] of test.expect.entries()) {
    known(policies, policy, 'expect', i, 'policy')
    known(refs, of, 'expect', i, 'target')
    known([...remedies, 'none'], plan, 'expect', i, 'plan')
    for (const [j, gate] of (objecting ?? []).entries()) known(gates, gate, 'expect', i, 'gates', j)
    const isAsked = plan !== 'none' && plan !== 'page'
    const asks = verdict !== undefined ? 'verdict' : objecting && 'gates'
    if (isAsked || asks === undefined) continue
    const message = `no gate is asked where the plan is "${plan}"; use because`
    problems.push({ path: [...path, 'expect', i, asks], message, atKey: true })
  }
  return problems
}

const DEFAULT_START_MS = Date.UTC(2026, 0, 1)
const DEFAULT_INTERVAL_MS = 15_000
/** What comes back under a new name: budgets and counters are kept on the owner. */
const SHORT_LIVED = ['instance', 'pod']

/** One target of the topology; by its kind it is durable, or not. */
export function nodeOf({ ref, dependsOn = [], durable, ...rest }: TargetSection): TopologyNode {
  return { ref, dependsOn, durable: durable ?? !SHORT_LIVED.includes(partsOf(ref).kind), sharedFate: [], ...rest }
}

/**
 * Reads a file of `targets:`, as they stand in tests of policies. Throws {@link UsageError} with one line for each problem.
 */
export function readTargets(source: string, path: string): readonly TopologyNode[] {
  const yaml = readYaml(source, path)
  const { data, error } = section({ targets: some(target) }).safeParse(yaml.value)
  if (data) return data.targets.map(nodeOf)
  throw new UsageError(yaml.lines(problemsOf(error?.issues ?? [], yaml.value)).join('\n'))
}

function testOf({ name, start, interval, targets, signals = [], alerts = [], expect }: TestSection): PolicyTest {
  return {
    name,
    startMs: start ?? DEFAULT_START_MS,
    intervalMs: interval ?? DEFAULT_INTERVAL_MS,
    targets: targets.map(nodeOf),
    signals: signals.map(({ labels: of = {}, ...rest }) => ({ ...rest, labels: of })),
    alerts: alerts.map(({ at, labels: of, status = 'firing' }) => ({ atMs: at, labels: of, status })),
    expect: expect.map(({ at, ...rest }) => ({ atMs: at, ...rest })),
  }
}
