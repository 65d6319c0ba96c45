import type { Describe, SeriesKind } from '../../domain/series.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { textOf } from '../wire/utf8.ts'
import { BOUND_BYTES, lengthAt, MOST_LABELS, SHAPE, type Shape } from './key.ts'
import { labelNameOf, metricNameOf, type NameSuffix } from './names.ts'

/** Names and labels of this size, as remote write takes them too. */
const LONGEST_NAME = 1024
const LONGEST_VALUE = 8192

/** Reads name and labels from a key. Labels whose names come to the same are joined with `;`, as Prometheus does. */
export const describeKey: Describe = (bytes, start, end) => {
  const shape = bytes[start] as Shape
  const hasBound = shape === SHAPE.bucket || shape === SHAPE.quantile
  const texts = textsOf(bytes, start + 2, hasBound ? end - BOUND_BYTES : end)
  if (texts === undefined) return 'a name or a label is not UTF-8'
  const own = 2 * (bytes[start + 1] as number)
  const [unit, name] = texts.splice(own, 2) as [string, string]
  const metric = metricNameOf(name, unit, suffixOf(shape, unit)) + (PARTS[shape] ?? '')
  if (!/[a-zA-Z0-9]/.test(name)) return `a metric has no name, or none that can be read: ${excerpt(name)}`
  if (metric.length > LONGEST_NAME) return `a metric's name is longer than ${LONGEST_NAME}: ${excerpt(metric)}`
  const bound = hasBound ? new DataView(bytes.buffer, bytes.byteOffset + end - BOUND_BYTES).getFloat64(0, true) : 0
  const labels = labelsOf(texts, own, metric)
  if (typeof labels === 'string') return labels
  if (hasBound) labels.set(shape === SHAPE.bucket ? 'le' : 'quantile', bound === Infinity ? '+Inf' : String(bound))
  return { metric, labels: Object.fromEntries(labels), ...kindOf(shape, unit) }
}

const PARTS: Readonly<Partial<Record<Shape, string>>> = {
  [SHAPE.count]: '_count',
  [SHAPE.sum]: '_sum',
  [SHAPE.bucket]: '_bucket',
}

function suffixOf(shape: Shape, unit: string): NameSuffix {
  if (shape === SHAPE.counter) return 'total'
  return shape === SHAPE.gauge && unit === '1' ? 'ratio' : undefined
}

/** What the sender says of it; of a gauge, the name says more. */
function kindOf(shape: Shape, unit: string): { readonly kind?: SeriesKind } {
  if (shape === SHAPE.gauge) return unit === '1' ? { kind: 'ratio' } : {}
  if (shape === SHAPE.upDown) return { kind: 'gauge' }
  return shape === SHAPE.quantile ? {} : { kind: 'counter' }
}

function textsOf(bytes: Uint8Array, start: number, end: number): string[] | undefined {
  const texts: string[] = []
  for (let at = start; at < end;) {
    const behind = at + 2 + lengthAt(bytes, at)
    const text = textOf(bytes, at + 2, behind)
    if (text === undefined) return undefined
    texts.push(text)
    at = behind
  }
  return texts
}

/** The labels, or why they are none. What the resource says (the first `own` texts) no point changes. */
function labelsOf(texts: readonly string[], own: number, metric: string): Map<string, string> | string {
  const labels = new Map<string, string>()
  for (let i = 0; i < texts.length; i += 2) {
    const name = labelNameOf(texts[i] as string)
    const value = texts[i + 1] as string
    if (name === '') return `a label of ${excerpt(metric)} has no name`
    if (name.length > LONGEST_NAME) return `a label of ${excerpt(metric)} has a name longer than ${LONGEST_NAME}`
    if (value.length > LONGEST_VALUE) return `${excerpt(name)} of ${excerpt(metric)} is longer than ${LONGEST_VALUE}`
    // The one is as if it were not there, and the other is the metric's own.
    if (value === '' || name === '__name__') continue
    const was = labels.get(name)
    if (was === undefined) labels.set(name, value)
    else if (i >= own && !isOwn(texts, own, name)) labels.set(name, `${was};${value}`)
  }
  if (labels.size > MOST_LABELS) return `${excerpt(metric)} has more than ${MOST_LABELS} labels`
  return labels
}

function isOwn(texts: readonly string[], own: number, name: string): boolean {
  return texts.slice(0, own).some((text, i) => i % 2 === 0 && labelNameOf(text) === name)
}
