import type { LogLevel } from '../../domain/log-record.ts'
import { levelOf } from './level.ts'
import { momentOf } from './time.ts'

/** What a line says of itself. */
export type Line = {
  readonly level: LogLevel
  readonly text: string
  /** Epoch milliseconds; absent where it does not say. */
  readonly at?: number
}

/** The usual names, of several that a line has the first. */
const LEVELS = ['level', 'severity', 'lvl', 'log.level', 'levelname', 'loglevel', 'severity_text'] as const
const MESSAGES = ['message', 'msg', 'error', 'err', 'event', 'body'] as const
const TIMES = ['time', 'ts', 'timestamp', '@timestamp', 'datetime', 't'] as const
export const USUAL_NAMES: ReadonlySet<string> = new Set([...LEVELS, ...MESSAGES, ...TIMES])

export type Fields = { readonly [name: string]: unknown }

/** The line that these fields make; without a message, `line` as it stands. */
export function lineFrom(fields: Fields, line: string): Line {
  const level = levelOf(firstOf(fields, LEVELS))
  const text = textOf(fields) ?? line
  const at = momentOf(firstOf(fields, TIMES))
  return at === undefined ? { level, text } : { level, text, at }
}

function firstOf(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = fields[name]
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

function textOf(fields: Fields): string | undefined {
  for (const name of MESSAGES) {
    const value = fields[name]
    if (typeof value === 'string') return value
  }
  return undefined
}
