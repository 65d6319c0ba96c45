import type { DecodedLines, LogLevel, LogRecord } from '../../domain/log-record.ts'
import type { Labels } from '../../domain/signal.ts'
import { levelOf } from '../lines/level.ts'
import { readLine } from '../lines/read-line.ts'
import { protoReader } from '../wire/protobuf.ts'
import { refuse, tallyAt, type Tally } from '../wire/tally.ts'
import { attributesOf, RESOURCE_LABELS, resourceLabels, textOfValue } from './attributes.ts'
import { fieldOf, listIn, millisecondsOf, numberIn, parsedJson, type OtlpForm } from './json.ts'
import { LOGS, objectOf } from './message.ts'
import { labelNameOf } from './names.ts'

const LONGEST_TEXT = 256 * 1024
const MOST_LINES = 100_000

/**
 * Reads an OTLP `ExportLogsServiceRequest`. Labels are those of the resource, named as in metrics, so that one rule finds
 * the target of both; a record that cannot be read is refused for itself.
 *
 * @param now epoch milliseconds
 * @param chosen attributes of the resource that become labels beside `job` and `instance`
 * @throws UsageError where it is no such request at all
 */
export function decodeOtlpLogs(
  body: Uint8Array,
  form: OtlpForm,
  now: number,
  chosen: readonly string[] = RESOURCE_LABELS,
): DecodedLines<LogRecord> {
  const request = form === 'json' ? parsedJson(body) : objectOf(protoReader(body), LOGS)
  const tally = tallyAt(now)
  const records: LogRecord[] = []
  for (const resource of listIn(request, 'resourceLogs', 'the body')) {
    const labels = labelsOf(fieldOf(resource, 'resource'), chosen)
    for (const scope of listIn(resource, 'scopeLogs', 'a resource')) {
      for (const given of listIn(scope, 'logRecords', 'a scope')) {
        const record = records.length < MOST_LINES ? recordOf(given, labels, tally, now) : TOO_MANY
        if (typeof record === 'string') refuse(tally, 1, record)
        else records.push(record)
      }
    }
  }
  return { records, refused: tally.refused, reasons: tally.reasons }
}

const TOO_MANY = `more than ${MOST_LINES} records came at once`

function labelsOf(resource: unknown, chosen: readonly string[]): Labels {
  const labels = resourceLabels(attributesOf(resource), chosen)
  return Object.fromEntries(labels.map(([name, value]) => [labelNameOf(name), value]))
}

/** The record, or why it is none. Its own word on how bad it is counts before what its text says. */
function recordOf(given: unknown, labels: Labels, tally: Tally, now: number): LogRecord | string {
  const whole = textOfRecord(given)
  if (whole === undefined) return 'a record has no text'
  if (whole.length > LONGEST_TEXT) return `a record is longer than ${LONGEST_TEXT} characters`
  const at =
    millisecondsOf(fieldOf(given, 'timeUnixNano')) || millisecondsOf(fieldOf(given, 'observedTimeUnixNano')) || now
  if (at < tally.oldestAt) return 'a record is from before the year 2000'
  if (at > tally.newestAt) return 'a record is from more than ten minutes ahead'
  const { level, text } = readLine(whole)
  const said = severityOf(given)
  return { at, text, level: said === 'unknown' ? level : said, labels }
}

/** What it says; else what went wrong, where it is the record of an exception; else what it is called. */
function textOfRecord(given: unknown): string | undefined {
  const body = textOfValue(fieldOf(given, 'body'))
  if (body !== undefined && body !== '') return body
  const attributes = attributesOf(given)
  const exception = [attributes.get('exception.type'), attributes.get('exception.message')].filter(Boolean).join(': ')
  const name = fieldOf(given, 'eventName')
  return exception || (typeof name === 'string' && name !== '' ? name : undefined)
}

/** 1 to 4 is trace, and so on by fours up to fatal; JSON may name it (`SEVERITY_NUMBER_WARN2`). */
function severityOf(given: unknown): LogLevel {
  const number = fieldOf(given, 'severityNumber')
  const level = LEVELS[Math.ceil(numberIn(number) / 4)]
  if (level !== undefined) return level
  const name = typeof number === 'string' ? /^SEVERITY_NUMBER_([A-Z]+)/.exec(number)?.[1] : undefined
  return levelOf(name === undefined || name === 'UNSPECIFIED' ? fieldOf(given, 'severityText') : name)
}

const LEVELS: readonly (LogLevel | undefined)[] = [undefined, 'debug', 'debug', 'info', 'warn', 'error', 'fatal']
