import { bindNow, judge, type Judgement } from '../../domain/condition/evaluate.ts'
import { parseCondition } from '../../domain/condition/parse.ts'
import type { Hypothesis } from '../../domain/diagnosis.ts'
import type { ResourceRef } from '../../domain/resource.ts'
import { ancestors, dependents, descendants, type Topology } from '../../domain/topology.ts'
import { unhealthyOf, type Case, type DiagnosisEngine } from '../diagnose.ts'
import { onsetOf } from '../history.ts'

/** What is known of a kind of trouble, as data: when it is seen on an unhealthy target, this is the cause. */
export type Rule = {
  readonly cause: string
  /** In the condition language. What is not seen makes it neither true nor false, and the rule silent. */
  readonly when: string
  /** From 0 to 1. */
  readonly confidence: number
  /** In words, to be read after the name of the target. */
  readonly summary: string
  readonly recommendation: string
  /** Who suffers with the target: its parts, what stands on the same host or disk, or who depends on it. */
  readonly affects: 'parts' | 'shared-fate' | 'dependents'
  /** Counts for half where it was so before the trouble began: some caches are never warm. */
  readonly isNews?: boolean
}

/** So long before the trouble began nothing of it was seen yet. */
const BEFORE_MS = 10_000

/** The engine of a list of rules. Throws UsageError on a condition that cannot be read. */
export function rulesOf(rules: readonly Rule[]): DiagnosisEngine {
  const read = rules.map((rule) => ({ rule, condition: parseCondition(rule.when) }))
  const match = (target: ResourceRef, x: Case): Hypothesis[] =>
    read.flatMap(({ rule, condition }) => {
      const { now, topology } = x
      const seen = { ...x, target, wasActive: false }
      // Most rules say nothing, and only of one that speaks does anybody want to know since when and by which values.
      if (bindNow(condition, seen).at(now) !== true) return []
      const at = (time: number): Judgement => judge(condition, { ...seen, now: time })
      const judged = at(now)
      const { cause, recommendation } = rule
      const before = rule.isNews ? at(onsetOf(x) - BEFORE_MS) : undefined
      const wasSo = before?.state === 'true' ? before.evidence : []
      const confidence = wasSo.length > 0 ? rule.confidence / 2 : rule.confidence
      const summary = `${target} ${rule.summary}`
      const evidence = judged.evidence.filter(({ value }) => value !== null)
      const affected = [...new Set([target, ...AFFECTED[rule.affects](topology, target)])]
      return [{ cause, target, confidence, summary, for: evidence, against: wasSo, recommendation, affected }]
    })
  return { name: 'rules', suggest: (x) => unhealthyOf(x.incident).flatMap((target) => match(target, x)) }
}

const AFFECTED: Readonly<Record<Rule['affects'], (topology: Topology, ref: ResourceRef) => ResourceRef[]>> = {
  parts: descendants,
  'shared-fate': neighbours,
  // Who depends on a service feels its instances.
  dependents: (topology, ref) => [ref, ...ancestors(topology, ref)].flatMap((one) => dependents(topology, one)),
}

function neighbours(topology: Topology, ref: ResourceRef): ResourceRef[] {
  const fate = new Set(topology.get(ref)?.sharedFate)
  return [...topology.values()]
    .filter(({ sharedFate }) => sharedFate.some((on) => fate.has(on)))
    .map((node) => node.ref)
}
