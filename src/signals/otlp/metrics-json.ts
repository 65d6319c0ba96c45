import { attributesOf, resourceLabels, textOfValue } from './attributes.ts'
import { fieldOf, listIn, millisecondsOf, numberIn } from './json.ts'
import { beginPair, beginPairs, endPairs, putResource, putText, SHAPE, type Shape } from './key.ts'
import {
  clear,
  refusePoint,
  takeExponential,
  takeHistogram,
  takeNumber,
  takeSummary,
  type Point,
  type Taking,
} from './points.ts'

/*
 * `ExportMetricsServiceRequest` in JSON. What is of another kind than it should be refuses the point, as far as it is known
 * to be one, and else the body.
 */

type Json = Readonly<Record<string, unknown>>

/** @throws UsageError where the body is no such request; points before that are taken */
export function takeJson(body: unknown, taking: Taking, chosen: readonly string[]): void {
  const { key } = taking
  for (const resource of listIn(body, 'resourceMetrics', 'the body')) {
    putResource(key, resourceLabels(attributesOf(fieldOf(resource, 'resource')), chosen))
    const resourceEnd = key.end
    for (const scope of listIn(resource, 'scopeMetrics', 'a resource')) {
      for (const metric of listIn(scope, 'metrics', 'a scope')) {
        key.end = resourceEnd
        takeMetric(metric, taking)
      }
    }
  }
}

function takeMetric(metric: unknown, taking: Taking): void {
  const name = fieldOf(metric, 'name')
  const unit = fieldOf(metric, 'unit')
  const { key } = taking
  putText(key, typeof unit === 'string' ? unit : '')
  putText(key, typeof name === 'string' ? name : '')
  const nameEnd = key.end
  for (const [kind, take] of KINDS) {
    const data = fieldOf(metric, kind)
    if (data === undefined || data === null) continue
    taking.delta = isDelta(fieldOf(data, 'aggregationTemporality'))
    const shape = kind === 'gauge' ? SHAPE.gauge : fieldOf(data, 'isMonotonic') === true ? SHAPE.counter : SHAPE.upDown
    for (const point of listIn(data, 'dataPoints', `a ${kind}`)) takePoint(point, taking, nameEnd, take, shape)
  }
}

/** JSON may give an enumeration by number or by name. */
function isDelta(temporality: unknown): boolean {
  return temporality === 1 || temporality === 'AGGREGATION_TEMPORALITY_DELTA'
}

type Take = (json: Json, taking: Taking, shape: Shape) => void

function takePoint(json: unknown, taking: Taking, nameEnd: number, take: Take, shape: Shape): void {
  if (typeof json !== 'object' || json === null) return refusePoint(taking, 'a point is no object')
  const point = clear(taking.point)
  const fields = json as Json
  beginPairs(taking.key, nameEnd)
  if (!putAttributes(fields['attributes'], taking)) return refusePoint(taking, 'an attribute of a point has no key')
  endPairs(taking.key)
  point.at = millisecondsOf(fields['timeUnixNano'])
  point.flags = Number(fields['flags'] ?? 0)
  take(fields, taking, shape)
}

function putAttributes(list: unknown, { key }: Taking): boolean {
  if (!Array.isArray(list)) return list === undefined || list === null
  for (const pair of list as readonly unknown[]) {
    const name = fieldOf(pair, 'key')
    if (typeof name !== 'string') return false
    const value = fieldOf(pair, 'value')
    const text = fieldOf(value, 'stringValue') ?? fieldOf(value, 'intValue')
    beginPair(key)
    putText(key, name)
    putText(key, typeof text === 'string' ? text : (textOfValue(value) ?? ''))
  }
  return true
}

function number(json: Json, taking: Taking, shape: Shape): void {
  const value = json['asDouble'] ?? json['asInt']
  taking.point.value = numberIn(value)
  if (Number.isNaN(taking.point.value) && value !== 'NaN' && taking.point.flags === 0) {
    return refusePoint(taking, 'a point has no value that is a number')
  }
  takeNumber(taking, shape)
}

function histogram(json: Json, taking: Taking): void {
  const { point } = taking
  totals(json, point)
  point.countsLength = fill(point.counts, json['bucketCounts'])
  point.boundsLength = fill(point.bounds, json['explicitBounds'])
  takeHistogram(taking)
}

function exponential(json: Json, taking: Taking): void {
  const { point } = taking
  totals(json, point)
  const [positive, negative] = [json['positive'], json['negative']]
  point.scale = numberIn(json['scale'] ?? 0)
  point.offset = numberIn(fieldOf(positive, 'offset') ?? 0)
  point.below = numberIn(json['zeroCount'] ?? 0) + sumOf(fieldOf(negative, 'bucketCounts'))
  point.countsLength = fill(point.counts, fieldOf(positive, 'bucketCounts'))
  takeExponential(taking)
}

function summary(json: Json, taking: Taking): void {
  const { point } = taking
  const quantiles = json['quantileValues']
  const list: readonly unknown[] = Array.isArray(quantiles) ? quantiles : []
  totals(json, point)
  point.countsLength = fill(
    point.counts,
    list.map((one) => fieldOf(one, 'value') ?? 0),
  )
  point.boundsLength = fill(
    point.bounds,
    list.map((one) => fieldOf(one, 'quantile') ?? 0),
  )
  takeSummary(taking)
}

const KINDS: readonly (readonly [kind: string, take: Take])[] = [
  ['gauge', number],
  ['sum', number],
  ['histogram', histogram],
  ['exponentialHistogram', exponential],
  ['summary', summary],
]

function totals(json: Json, point: Point): void {
  point.count = numberIn(json['count'] ?? 0)
  point.sum = numberIn(json['sum'])
}

/** How many numbers there are, of which the first fill the array. */
function fill(array: Float64Array, list: unknown): number {
  if (!Array.isArray(list)) return 0
  const most = Math.min(list.length, array.length)
  for (let i = 0; i < most; i++) array[i] = numberIn(list[i])
  return list.length
}

function sumOf(list: unknown): number {
  return Array.isArray(list) ? (list as readonly unknown[]).reduce<number>((sum, one) => sum + numberIn(one), 0) : 0
}
