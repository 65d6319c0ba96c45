import type { Alerts } from '../domain/alert.ts'
import { parseCondition as readCondition, parseExpression as readExpression } from '../domain/condition/parse.ts'
import { judge, measure as measureExpression, type JudgeContext } from '../domain/condition/evaluate.ts'
import { resolved } from '../domain/condition/aliases.ts'
import { echoMs, type Condition } from '../domain/condition/ast.ts'
import type { Expectation, Measure, SignalState } from '../domain/plan.ts'
import type { Guard } from '../domain/policy.ts'
import { descendants, isLookedAfter, related, type Topology } from '../domain/topology.ts'
import { covers, type ResourceRef } from '../domain/resource.ts'
import { seenUp, type Windows } from '../domain/signal.ts'

/** Where signals are read: the windows, what is known to exist, and the time in epoch milliseconds. */
export type Sight = {
  readonly windows: Windows
  readonly topology: Topology
  readonly now: number
  readonly aliases?: ReadonlyMap<string, string>
  readonly alerts?: Alerts
}

/** What a plan's expectations and guards say now. `owner` is the durable owner of what is broken. */
export function measureNow(
  watched: {
    readonly owner: ResourceRef
    readonly expectations: readonly Expectation[]
    readonly guards: readonly Guard[]
  },
  sight: Sight,
): Measure {
  const own = watched.expectations.map((expectation) => {
    const heirs = heirsOf(expectation, watched, sight.topology)
    return heirs ? together(expectation, heirs, sight) : expectationNow(expectation, sight)
  })
  const seen = own.every(({ state }) => state !== 'blind')
  const guards = watched.guards.map((guard) => {
    const state = guardNow(guard, sight)
    // A broken service cannot report its own numbers: as long as its probes see it, that is the fault, not blindness.
    const explained = state.state === 'blind' && seen && related(sight.topology, guard.target, watched.owner)
    return explained ? { ...state, state: 'violated' as const } : state
  })
  return { at: sight.now, own, guards }
}

/**
 * What has taken the place of a target that is gone, as a pod's successor has another name: the parts of its owner that
 * nothing else in the plan speaks of. Undefined where the target is still there, and where nobody can tell: its connector has
 * not looked, its owner is gone too, or there are fewer than there were.
 */
function heirsOf(
  { policy, target, among }: Expectation,
  { owner, expectations }: { readonly owner: ResourceRef; readonly expectations: readonly Expectation[] },
  topology: Topology,
): readonly ResourceRef[] | undefined {
  if (!among || topology.has(target) || !topology.has(owner) || !isLookedAfter(topology, target)) return undefined
  const now = descendants(topology, owner).filter((ref) => covers(among.pattern, ref))
  const named = new Set(expectations.filter((one) => one.policy === policy).map((one) => one.target))
  return now.length < among.count ? undefined : now.filter((ref) => !named.has(ref))
}

/** One that cannot be seen is enough for blind, and one that is violated for violated. */
function together(expectation: Expectation, heirs: readonly ResourceRef[], sight: Sight): SignalState {
  const { policy: signal, target } = expectation
  const states = heirs.map((heir) => expectationNow({ ...expectation, target: heir }, sight))
  const of = (wanted: SignalState['state']): SignalState | undefined => states.find(({ state }) => state === wanted)
  const worst = of('blind') ?? of('violated') ?? states[0]
  if (!worst) return { signal, target, heirs, state: 'blind', at: sight.now, value: null }
  return { ...worst, target, heirs, at: Math.min(...states.map(({ at }) => at)) }
}

/** Judged without its `for`: one bad sample in the stabilisation window breaks it. */
function expectationNow({ policy, target, condition }: Expectation, sight: Sight): SignalState {
  const now = instant(parseCondition(condition))
  const judged = judge(now, contextOf(target, sight))
  const first = judged.evidence[0]
  const at = Math.min(sight.now, ...judged.evidence.map((one) => one.at)) - echoMs(resolved(now, sight.aliases))
  // What is seen to be down cannot report its own numbers: that is the fault, not blindness.
  const isBlind = judged.state === 'blind' && seenUp(sight.windows, target, sight.now) !== false
  const state = isBlind ? 'blind' : judged.state === 'false' ? 'well' : 'violated'
  const limit = first?.limit
  return { signal: policy, target, state, at, value: first?.value ?? null, ...(limit !== undefined && { limit }) }
}

function guardNow({ name, target, expr, max }: Guard, sight: Sight): SignalState {
  const expression = parseExpression(expr)
  const { value, at: newest, blind } = measureExpression(expression, contextOf(target, sight))
  // A rate over five seconds is as old as the first of them: it says nothing of an effect of three seconds ago.
  const at = newest - echoMs(resolved(expression, sight.aliases))
  const state = blind || value === null ? 'blind' : value > max ? 'violated' : 'well'
  return { signal: name, target, state, at, value, limit: max }
}

/** Single questions about the moment: whether a condition holds on a target, and what an expression is on it. */
export function looksOf(sight: Sight): {
  readonly judge: (condition: string, target: ResourceRef) => 'true' | 'false' | 'blind'
  readonly value: (expression: string, target: ResourceRef) => number | undefined
} {
  return {
    judge: (condition, target) => judge(parseCondition(condition), contextOf(target, sight)).state,
    value: (expression, target) => {
      const { value } = measureExpression(parseExpression(expression), contextOf(target, sight))
      return value !== null && Number.isFinite(value) ? value : undefined
    },
  }
}

function contextOf(target: ResourceRef, sight: Sight): JudgeContext {
  return { ...sight, target, wasActive: false }
}

/** The condition at one moment. With hysteresis, what is violated stays so until the other condition is true. */
function instant(condition: Condition): Condition {
  if (condition.kind !== 'for') return condition
  return condition.until ? { kind: 'not', of: instant(condition.until) } : instant(condition.of)
}

// What runs under way watch is asked again several times a second, always in the same words.
const parseCondition = remembered(readCondition)
const parseExpression = remembered(readExpression)
const MOST_REMEMBERED = 10_000

/** A pure function of a text, worked out once for each; when it knows too many it begins anew. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const found = known.get(text) ?? read(text)
    if (known.size >= MOST_REMEMBERED) known.clear()
    known.set(text, found)
    return found
  }
}
