import { type Language, useSettings } from './settings.ts'

/** Numbers, times and durations in one language. Every time says its zone, every duration its unit. */
export type Format = {
  readonly number: (value: number) => string
  /** From 0 to 1. */
  readonly percent: (share: number) => string
  /** `18:03:12 UTC` for today, with the date for any other day; epoch milliseconds. */
  readonly time: (at: number, now: number) => string
  /** The date and time in full. */
  readonly moment: (at: number) => string
  /** At most two units: `4m 12s`. Below a second: `250ms`. */
  readonly duration: (ms: number) => string
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** The words of numbers and times, for a language and a zone (absent: the browser's). */
export function formatOf(language: Language, timeZone?: string): Format {
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const zone = { hourCycle: 'h23', ...(timeZone !== undefined && { timeZone }) } as const
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short', ...zone } as const
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const time = new Intl.DateTimeFormat(locale, clock)
  const dated = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...clock })
  const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long', ...zone })
  // Making one of these takes far longer than using it, and lists use hundreds.
  const day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...zone })
  const units = new Map<string, Intl.NumberFormat>()
  const unit = (name: string, value: number): string => {
    const made = units.get(name) ?? new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow' })
    units.set(name, made)
    return made.format(value)
  }
  return {
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    time: (at, now) => (day.format(at) === day.format(now) ? time : dated).format(at),
    moment: (at) => full.format(at),
    duration: (ms) => {
      if (ms === 0) return unit('second', 0)
      if (Math.abs(ms) < 1000) return unit('millisecond', Math.round(ms))
      const parts = partsOf(Math.abs(ms)).map(([name, count]) => unit(name, count))
      return (ms < 0 ? '−' : '') + parts.join(' ')
    },
  }
}

/** The two largest units that a duration has, whole. */
function partsOf(ms: number): (readonly [string, number])[] {
  const first = UNITS.findIndex(([, size]) => ms >= size)
  const [large, small] = UNITS.slice(first)
  if (!large) return []
  const count = Math.floor(ms / large[1])
  const rest = small ? Math.floor((ms - count * large[1]) / small[1]) : 0
  return [[large[0], count] as const, ...(small && rest > 0 ? [[small[0], rest] as const] : [])]
}

const formats: Partial<Record<Language, Format>> = {}

/** The words of numbers and times in the language that was chosen. */
export function useFormat(): Format {
  const { language } = useSettings()
  return (formats[language] ??= formatOf(language))
}
