import { UsageError } from '../domain/errors.ts'
import { parseDuration } from '../lib/duration.ts'

/** Reads `90s`, `1h30m`, `500ms` as milliseconds; throws {@link UsageError} on anything else. */
export function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new UsageError(`'${text}' is not a duration: write for example 90s, 30m, 1h30m or 2d`)
  return ms
}

/** Reads `25%` as 0.25; throws {@link UsageError} on anything that is not above 0 and at most 100. */
export function shareOf(text: string): number {
  const share = /^\d{1,3}(?:\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number.NaN
  if (share > 0 && share <= 1) return share
  throw new UsageError(`'${text}' is not a share: write a percentage above 0 and up to 100, such as 25%`)
}

/** Local time with its zone: `2026-11-21T14:03:07.120+01:00`. */
export function timeText(ms: number): string {
  const offsetMinutes = -new Date(ms).getTimezoneOffset()
  const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, -1)
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`
}

const SIZES: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 }

/** Reads `500MiB`, `10GiB` as bytes; throws {@link UsageError} on anything else. */
export function bytesOf(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]iB)$/.exec(text) ?? []
  const size = SIZES[unit]
  if (size === undefined) throw new UsageError(`'${text}' is not a size: write for example 500MiB or 10GiB`)
  return Math.round(Number(count) * size)
}
