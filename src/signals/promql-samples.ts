import type { ResourceRef } from '../domain/resource.ts'
import type { Labels, Sample } from '../domain/signal.ts'
import { durationText } from '../lib/duration.ts'
import type { PromqlSeries } from './promql-answer.ts'
import { labelsIn, targetFrom } from '../domain/target-template.ts'

/** A PromQL expression, the metric that it becomes, and whose: one target, or a template of labels. */
export type PromqlQuery = { readonly name: string; readonly expr: string; readonly target: string }

export type PromqlSamples = {
  readonly samples: readonly Sample[]
  /** How many series were left out, by the reason. */
  readonly dropped: ReadonlyMap<string, number>
}

type Rules = {
  readonly staleAfterMs: number
  readonly now: number
  /** Whether a target that labels name is there: what labels say must not make up targets. */
  readonly isKnown: (target: ResourceRef) => boolean
}

const MOST_LABEL_CHARACTERS = 1024
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i

/** Makes each series a sample on its target, or a reason why not. Pure. */
export function samplesOf(series: readonly PromqlSeries[], query: PromqlQuery, rules: Rules): PromqlSamples {
  const dropped = new Map<string, number>()
  const drop = (reason: string, count = 1): void => void dropped.set(reason, (dropped.get(reason) ?? 0) + count)
  const alike = new Map<string, Sample[]>()
  for (const one of series) {
    const sample = sampleOf(one, query, rules)
    if (typeof sample === 'string') drop(sample)
    else {
      const key = JSON.stringify([sample.target, Object.entries(sample.labels).sort(([a], [b]) => (a < b ? -1 : 1))])
      alike.set(key, [...(alike.get(key) ?? []), sample])
    }
  }
  const samples = [...alike.values()].flatMap((same) => {
    if (same.length === 1) return same
    // Either could be the right one: taking the first would let the order of an answer decide.
    drop('without its name and the labels of its target it is the same as another', same.length)
    return []
  })
  return { samples, dropped }
}

function sampleOf({ labels, atMs, value }: PromqlSeries, query: PromqlQuery, rules: Rules): Sample | string {
  if (atMs === undefined || value === undefined) return 'it is a native histogram, not a number'
  // Also infinite ones: a division by nothing tells how things are no better than no answer.
  const number = NUMBER.test(value) ? Number(value) : Number.NaN
  if (!Number.isFinite(number)) return `its value is ${/^[-+]?(?:nan|inf)$/i.test(value) ? value : 'no number'}`
  const untimely = untimelyBy(atMs, rules)
  if (untimely !== undefined) return untimely
  const named = targetFrom(query.target, labels)
  if ('reason' in named) return named.reason
  const used = labelsIn(query.target)
  if (used.size > 0 && !rules.isKnown(named.target)) return `no target is known as ${named.target}`
  const rest = Object.entries(labels).filter(([label]) => label !== '__name__' && !used.has(label))
  if (rest.some(([label, text]) => label.length + text.length > MOST_LABEL_CHARACTERS))
    return 'a label of it is too long'
  const common: { target: ResourceRef; labels: Labels } = { target: named.target, labels: Object.fromEntries(rest) }
  return { metric: query.name, ...common, value: number, at: Math.min(atMs, rules.now) }
}

/** The answer's own time decides, not ours of asking: a cache between may hand out what was true long ago. */
function untimelyBy(atMs: number, { staleAfterMs, now }: Rules): string | undefined {
  const text = durationText(staleAfterMs)
  if (now - atMs > staleAfterMs) return `its time is more than ${text} ago`
  if (atMs - now > staleAfterMs) return `its time is more than ${text} ahead of this machine's clock`
  return undefined
}
