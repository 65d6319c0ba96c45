import type { Describe, SeriesKind } from '../../domain/series.ts'
import type { Labels } from '../../domain/signal.ts'
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
  const [unit, name] = [texts[own] as string, texts[own + 1] as string]
  const metric = nameOf(name, unit, shape)
  if (metric === '') return `a metric has no name, or none that can be read: ${excerpt(name)}`
  if (metric.length > LONGEST_NAME) return `a metric's name is longer than ${LONGEST_NAME}: ${excerpt(metric)}`
  const labels = labelsOf(texts, own, metric)
  if (typeof labels === 'string') return labels
  if (hasBound) labels[shape === SHAPE.bucket ? 'le' : 'quantile'] = boundAt(bytes, end - BOUND_BYTES)
  return { metric, labels, ...kindOf(shape, unit) }
}

/** Names that were translated before: the same few, for thousands of series. What comes when it is full is not kept. */
const metricNames = new Map<string, string>()
const labelNames = new Map<string, string>()
const MOST_NAMES = 10_000

function remembered(names: Map<string, string>, from: string, translate: () => string): string {
  const known = names.get(from)
  if (known !== undefined) return known
  const name = translate()
  if (names.size < MOST_NAMES && from.length <= LONGEST_NAME) names.set(from, name)
  return name
}

function nameOf(name: string, unit: string, shape: Shape): string {
  return remembered(metricNames, `${shape} ${unit} ${name}`, () =>
    /[a-zA-Z0-9]/.test(name) ? metricNameOf(name, unit, suffixOf(shape, unit)) + (PARTS[shape] ?? '') : '',
  )
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

function boundAt(bytes: Uint8Array, at: number): string {
  const bound = new DataView(bytes.buffer, bytes.byteOffset + at).getFloat64(0, true)
  return bound === Infinity ? '+Inf' : String(bound)
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

/**
 * The labels, or why they are none. What the resource says (the first `own` texts, before unit and name) no point changes.
 */
function labelsOf(texts: readonly string[], own: number, metric: string): Record<string, string> | string {
  const labels: Record<string, string> = {}
  let resource: Labels = labels
  let count = 0
  for (let i = 0; i < texts.length; i += 2) {
    if (i === own) {
      resource = { ...labels }
      continue
    }
    const [key, value] = [texts[i] as string, texts[i + 1] as string]
    const name = remembered(labelNames, key, () => labelNameOf(key))
    if (name === '') return `a label of ${excerpt(metric)} has no name`
    if (name.length > LONGEST_NAME) return `a label of ${excerpt(metric)} has a name longer than ${LONGEST_NAME}`
    if (value.length > LONGEST_VALUE) return `${excerpt(name)} of ${excerpt(metric)} is longer than ${LONGEST_VALUE}`
    // What is empty is as if it were not there, and names that begin so are Prometheus' own.
    if (value === '' || name.startsWith('__')) continue
    if (!Object.hasOwn(labels, name)) {
      labels[name] = value
      count++
    } else if (i < own || !Object.hasOwn(resource, name)) labels[name] += `;${value}`
  }
  return count > MOST_LABELS ? `${excerpt(metric)} has more than ${MOST_LABELS} labels` : labels
}
