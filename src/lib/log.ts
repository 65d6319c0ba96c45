import { pino } from 'pino'

/** Kintsugi's own log: JSON lines on standard error, one message text per place, everything variable in fields. */
export type Log = {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export function stderrLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }))
}

/** For a person at a terminal: a line each, time, words, then the fields; `write` is given whole lines. */
export function plainLog(write: (line: string) => void): Log {
  const at =
    (mark: string) =>
    (fields: object, message: string): void => {
      const values = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`)
      write(`${new Date().toTimeString().slice(0, 8)} ${mark}${[message, ...values].join('  ')}\n`)
    }
  return { debug: () => {}, info: at(''), warn: at('! '), error: at('!! ') }
}

/** Values may come from outside: no control character reaches the terminal. */
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.replaceAll(/\p{Cc}/gu, '?')
}

const nothing = (): void => {}
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
