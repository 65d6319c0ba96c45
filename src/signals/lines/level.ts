import type { LogLevel } from '../../domain/log-record.ts'

const WORDS: ReadonlyMap<string, LogLevel> = new Map([
  ['trace', 'debug'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['information', 'info'],
  ['informational', 'info'],
  ['notice', 'info'],
  ['warn', 'warn'],
  ['warning', 'warn'],
  ['error', 'error'],
  ['err', 'error'],
  ['severe', 'error'],
  ['fatal', 'fatal'],
  ['critical', 'fatal'],
  ['crit', 'fatal'],
  ['alert', 'fatal'],
  ['emerg', 'fatal'],
  ['emergency', 'fatal'],
  ['panic', 'fatal'],
  ['dpanic', 'fatal'],
])
const LONGEST_WORD = 16

/** The numbers of pino and bunyan: 30 is info, 50 an error. */
const NUMBERS: readonly (readonly [number, LogLevel])[] = [
  [60, 'fatal'],
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
]

/** How bad a line is by the word or the number that it gives; `unknown` where that is neither. */
export function levelOf(given: unknown): LogLevel {
  if (typeof given === 'number') return NUMBERS.find(([from]) => given >= from)?.[1] ?? 'debug'
  if (typeof given !== 'string' || given.length > LONGEST_WORD) return 'unknown'
  return WORDS.get(given) ?? WORDS.get(given.toLowerCase()) ?? 'unknown'
}

/** Whether a line of this level is counted and kept as an error. */
export function isError(level: LogLevel): level is 'error' | 'fatal' {
  return level === 'error' || level === 'fatal'
}
