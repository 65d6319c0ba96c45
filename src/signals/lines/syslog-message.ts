import type { LogLevel, LogRecord } from '../../domain/log-record.ts'
import type { Labels } from '../../domain/signal.ts'
import { readLine } from './read-line.ts'
import { momentOf } from './time.ts'

/** Reads one syslog message, or says why it is none. */
export type SyslogReader = (message: string, address: string, now: number) => LogRecord | string

const PRIORITY = /^<(\d{1,3})>/
const HIGHEST = 191
/** By number, 0 an emergency, 7 for debugging. */
const LEVELS: readonly LogLevel[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug']
const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  )

/** RFC 5424: version, time, host, application, process, kind of message. */
const HEAD_5424 = /^1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /
/** RFC 3164 as it is sent: a time of day without year and zone, or one as RFC 3339 writes it; then the host. */
const TIME_3164 = /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|(\d{4}-\d\d-\d\dT\S{8,30})) /
const HOST_3164 = /^([A-Za-z0-9][\w.:-]{0,254}) (?=\S)/
const TAG_3164 = /^([\w./@-]{1,48})(?:\[[\w.-]{1,128}\])?: ?/

const MOST_STREAMS = 4096

/**
 * Makes a reader of messages as RFC 5424 and RFC 3164 write them. Labels are `address` (who sent it, which no sender can
 * choose), `hostname`, `app`, `facility`, and the parameters of structured data by their names; what the message says of
 * its own level counts before its priority. The process is left out: with every start it is another. Messages of one
 * stream share one object of labels.
 */
export function syslogReader(): SyslogReader {
  const streams = new Map<string, Labels>()
  const labelsOf = (key: string, labels: () => Labels): Labels => {
    const known = streams.get(key)
    if (known) return known
    if (streams.size >= MOST_STREAMS) streams.clear()
    const made = labels()
    streams.set(key, made)
    return made
  }
  return (message, address, now) => {
    const [head = '', digits] = PRIORITY.exec(message) ?? []
    const priority = Number(digits)
    if (!(priority <= HIGHEST)) return 'a message has no priority such as <13>'
    const rest = message.slice(head.length)
    const { hostname, app, data, text, at } = read5424(rest) ?? read3164(rest)
    const facility = FACILITIES[priority >> 3] ?? ''
    const labels = labelsOf([address, hostname, app, facility, data].join('\0'), () => ({
      ...(data !== '' && parametersIn(data)),
      address,
      hostname: hostname === '' ? address : hostname,
      ...(app !== '' && { app }),
      facility,
    }))
    const line = readLine(text)
    const level = line.level === 'unknown' ? (LEVELS[priority & 7] ?? 'unknown') : line.level
    return { at: at ?? line.at ?? now, text: line.text, level, labels }
  }
}

/** The parts of a message; what is not given is the empty text. */
type Parts = {
  readonly hostname: string
  readonly app: string
  /** Structured data, as it was sent. */
  readonly data: string
  readonly text: string
  readonly at?: number | undefined
}

function read5424(rest: string): Parts | undefined {
  const [head, time = '', hostname = '', app = ''] = HEAD_5424.exec(rest) ?? []
  if (head === undefined) return undefined
  const end = rest[head.length] === '-' ? head.length + 1 : endOfData(rest, head.length)
  if (end === undefined) return undefined
  const data = rest.slice(head.length, end)
  return {
    hostname: given(hostname),
    app: given(app),
    data: given(data),
    text: rest.slice(end + 1).replace(/^\uFEFF/, ''),
    at: momentOf(time),
  }
}

const given = (text: string): string => (text === '-' ? '' : text)

/** Its own time has neither year nor zone: when it came in is nearer to the truth than a guess. */
function read3164(rest: string): Parts {
  const [time, moment] = TIME_3164.exec(rest) ?? []
  const afterTime = rest.slice(time?.length ?? 0)
  const [host = '', hostname = ''] = (time !== undefined && HOST_3164.exec(afterTime)) || []
  const afterHost = afterTime.slice(host.length)
  const [tag = '', app = ''] = TAG_3164.exec(afterHost) ?? []
  return { hostname, app, data: '', text: afterHost.slice(tag.length), at: momentOf(moment) }
}

const ELEMENT = /\[[^\s=\]"]{1,32}(?: [^\s=\]"]{1,32}="(?:[^"\\\]]|\\.)*")*\]/y

/** Where the structured data that begins at `from` ends; undefined where it is none. */
function endOfData(text: string, from: number): number | undefined {
  let end = from
  for (ELEMENT.lastIndex = from; ELEMENT.test(text); ELEMENT.lastIndex = end) end = ELEMENT.lastIndex
  return end === from ? undefined : end
}

const PARAMETER = / ([A-Za-z_]\w*)="((?:[^"\\\]]|\\.)*)"/g
const MOST_PARAMETERS = 32
const LONGEST_VALUE = 256

function parametersIn(data: string): Labels {
  const labels: Record<string, string> = {}
  let count = 0
  for (const [, name = '', value = ''] of data.matchAll(PARAMETER)) {
    if (++count > MOST_PARAMETERS) break
    labels[name] = value.slice(0, LONGEST_VALUE).replaceAll(/\\(["\\\]])/g, '$1')
  }
  return labels
}
