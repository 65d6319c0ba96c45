import type { LogLine } from '../domain/signal.ts'

/** How bad a log line says that it is. */
export const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal', 'unknown'] as const
export type Level = (typeof LEVELS)[number]

const WORDS: Readonly<Record<string, Level>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  panic: 'fatal',
}
const LONGEST_TEXT = 200

/** One log line, as far as it is JSON in one of the usual forms; level `unknown` where it is not. */
export function readLine(line: string): { readonly level: Level; readonly text: string } {
  const record = jsonIn(line)
  if (!record) return { level: 'unknown', text: plain(line) }
  const message = [record['message'], record['msg'], record['error'], record['err']].find(
    (one) => typeof one === 'string',
  )
  return {
    level: levelOf(record['level'] ?? record['severity'] ?? record['lvl']),
    text: plain(message ?? line),
  }
}

function jsonIn(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** By word, or by the numbers of pino and bunyan: 30 is info, 50 an error. */
function levelOf(value: unknown): Level {
  if (typeof value === 'number') return NUMBERS.find(([from]) => value >= from)?.[1] ?? 'debug'
  const word = String(value).toLowerCase()
  return Object.hasOwn(WORDS, word) ? (WORDS[word] ?? 'unknown') : 'unknown'
}

const NUMBERS: readonly (readonly [number, Level])[] = [
  [60, 'fatal'],
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
]

/** Text of a stranger, to be shown to people: without what moves a cursor or turns the order of letters, and short. */
export function plain(text: string): string {
  const clean = text
    .slice(0, 4 * LONGEST_TEXT)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return clean.length > LONGEST_TEXT ? `${clean.slice(0, LONGEST_TEXT)}...` : clean
}

const KEPT = 5

/** The newest few error lines, the same text once, the newest last. */
export function keepErrors(kept: readonly LogLine[], more: readonly LogLine[]): readonly LogLine[] {
  const newest = new Map<string, LogLine>()
  for (const line of [...kept, ...more]) {
    newest.delete(line.text)
    newest.set(line.text, line)
  }
  return [...newest.values()].slice(-KEPT)
}
