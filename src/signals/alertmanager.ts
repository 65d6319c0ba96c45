import type { Alert } from '../domain/alert.ts'
import { messageOf, UsageError } from '../domain/errors.ts'
import type { Labels } from '../domain/signal.ts'
import { fingerprintOf, sortedLabels } from './fingerprint.ts'

/** An alert that was not taken: its place in the list, from 0, and why. */
export type Refused = { readonly index: number; readonly reason: string }

/** What a body holds. A bad alert costs no other one. */
export type Decoded = { readonly alerts: readonly Alert[]; readonly refused: readonly Refused[] }

/** After this long an alert without an end of its own has gone silent, unless it is posted again; Alertmanager's default. */
export const RESOLVE_TIMEOUT_MS = 300_000

const MOST_LABELS = 64
const LONGEST_NAME = 256
const LONGEST_LABEL = 4096
/** Annotations are for people: what is longer is cut, and refuses no alert. */
const LONGEST_ANNOTATION = 16_384
const LONGEST_URL = 8192

/** The body of an Alertmanager webhook, version 4. Throws UsageError when there is no list of alerts in it. */
export function decodeWebhook(body: unknown, receivedAt: number): Decoded {
  const alerts = isObject(body) ? body['alerts'] : undefined
  if (!Array.isArray(alerts)) {
    throw new UsageError('cannot read the webhook: its body is not an object with a list "alerts" (version 4)')
  }
  return decodeEach(alerts, (one) => decodeOne(one, { source: 'alertmanager', receivedAt, times: webhookTimes }))
}

/** The body of `POST /api/v2/alerts`, as Prometheus posts it. Throws UsageError when it is no list. */
export function decodePosted(body: unknown, receivedAt: number): Decoded {
  if (!Array.isArray(body)) throw new UsageError('cannot read the alerts: the body is not a list of alerts')
  return decodeEach(body, (one) => decodeOne(one, { source: 'prometheus', receivedAt, times: postedTimes }))
}

function decodeEach(list: readonly unknown[], decode: (one: unknown) => Alert): Decoded {
  const alerts: Alert[] = []
  const refused: Refused[] = []
  for (const [index, one] of list.entries()) {
    try {
      alerts.push(decode(one))
    } catch (thrown) {
      if (!(thrown instanceof Bad)) throw thrown
      refused.push({ index, reason: messageOf(thrown) })
    }
  }
  return { alerts, refused }
}

/** What makes one alert unusable, in the words of whoever sent it. */
class Bad extends Error {}

type Times = Pick<Alert, 'status' | 'startsAt' | 'endsAt'>
type From = {
  readonly source: string
  readonly receivedAt: number
  readonly times: (one: Fields, receivedAt: number) => Times
}
type Fields = Readonly<Record<string, unknown>>

/** Keys stand in alphabetical order, so that writing an alert down canonically needs no sorting (`lib/json.ts`). */
function decodeOne(one: unknown, { source, receivedAt, times }: From): Alert {
  if (!isObject(one)) throw new Bad('an alert is an object')
  const labels = labelsOf(one['labels'])
  const annotations = annotationsOf(one['annotations'])
  const { status, startsAt, endsAt } = times(one, receivedAt)
  if (endsAt !== undefined && endsAt < startsAt) throw new Bad('it ends (endsAt) before it starts (startsAt)')
  const url = one['generatorURL']
  return {
    annotations,
    ...(endsAt !== undefined && { endsAt }),
    fingerprint: fingerprintOf(labels),
    ...(typeof url === 'string' && url !== '' && url.length <= LONGEST_URL && { generatorUrl: url }),
    labels,
    receivedAt,
    source,
    startsAt,
    status,
  }
}

/** Alertmanager says the status; an end goes with a resolved one only, and a firing one has none. */
function webhookTimes(one: Fields, receivedAt: number): Times {
  const startsAt = timeIn(one, 'startsAt')
  const endsAt = timeIn(one, 'endsAt')
  const status = one['status'] ?? (endsAt !== undefined && endsAt <= receivedAt ? 'resolved' : 'firing')
  if (status !== 'firing' && status !== 'resolved') throw new Bad('its status is neither "firing" nor "resolved"')
  if (startsAt === undefined) throw new Bad('it has no start (startsAt)')
  if (status === 'resolved') return { status, startsAt, endsAt: endsAt ?? Math.max(startsAt, receivedAt) }
  return { status, startsAt, ...(endsAt !== undefined && { endsAt }) }
}

/** As Alertmanager reads what is posted to it: no start is now, no end is a while from now, an end in the past is over. */
function postedTimes(one: Fields, receivedAt: number): Times {
  const given = timeIn(one, 'endsAt')
  const startsAt = timeIn(one, 'startsAt') ?? given ?? receivedAt
  const endsAt = given ?? receivedAt + RESOLVE_TIMEOUT_MS
  return { status: endsAt <= receivedAt ? 'resolved' : 'firing', startsAt, endsAt }
}

function labelsOf(given: unknown): Labels {
  if (!isObject(given)) throw new Bad('its labels are not an object')
  let count = 0
  for (const name in given) {
    if (++count > MOST_LABELS) throw new Bad(`it has more than ${MOST_LABELS} labels`)
    // JavaScript would not keep numbers in the order in which Go sorts them.
    if (name === '' || NUMBER.test(name)) throw new Bad(`${quoted(name)} is no name for a label`)
    if (name.length > LONGEST_NAME) throw new Bad(`a label's name is longer than ${LONGEST_NAME} characters`)
    const value = given[name]
    if (typeof value !== 'string') throw new Bad(`label ${quoted(name)} is not a text`)
    if (value.length > LONGEST_LABEL) throw new Bad(`label ${quoted(name)} is longer than ${LONGEST_LABEL} characters`)
  }
  const labels = sortedLabels(given as Labels)
  if (isEmpty(labels)) throw new Bad('it has no labels')
  return labels
}

function annotationsOf(given: unknown): Labels {
  if (given === undefined || given === null) return {}
  if (!isObject(given)) throw new Bad('its annotations are not an object')
  let count = 0
  let fits = true
  for (const name in given) {
    const value = given[name]
    if (typeof value !== 'string') throw new Bad(`annotation ${quoted(name)} is not a text`)
    if (++count > MOST_LABELS || name.length > LONGEST_NAME || value.length > LONGEST_ANNOTATION) fits = false
  }
  return fits ? sortedLabels(given as Labels) : cut(given as Labels)
}

function cut(annotations: Labels): Labels {
  const kept = Object.entries(annotations).filter(([name]) => name.length <= LONGEST_NAME)
  const short = (text: string): string =>
    text.length > LONGEST_ANNOTATION ? `${text.slice(0, LONGEST_ANNOTATION).toWellFormed()}…` : text
  return sortedLabels(Object.fromEntries(kept.slice(0, MOST_LABELS).map(([name, value]) => [name, short(value)])))
}

const NUMBER = /^\d+$/
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/
/** Go's zero time, 0001-01-01T00:00:00Z: no time at all. */
const ZERO_TIME_MS = -62_135_596_800_000

function timeIn(one: Fields, name: string): number | undefined {
  const text = one[name]
  if (text === undefined || text === null || text === '') return undefined
  const ms = typeof text === 'string' && RFC_3339.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) throw new Bad(`its ${name} is not a time as RFC 3339 writes it`)
  return ms <= ZERO_TIME_MS ? undefined : ms
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEmpty(labels: Labels): boolean {
  for (const _name in labels) return false
  return true
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 80))
