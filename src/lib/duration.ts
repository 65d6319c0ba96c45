const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** A time in Go's words, as people write it in configuration: `90m` is `1h30m`, 250 is `250ms`; at most two units. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return String(ms)
  let rest = Math.round(Math.abs(ms))
  const parts: string[] = []
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    if (count === 0) continue
    parts.push(`${count}${unit}`)
    rest -= count * size
  }
  if (parts.length === 0) return '0s'
  return (ms < 0 ? '-' : '') + parts.slice(0, 2).join('')
}

/** Reads `5m`, `1h30m`, `250ms`, `7d` into milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:d|h|ms|m|s))+$/.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(d|h|ms|m|s)/g)) {
    total += Number(count) * (UNITS.find(([name]) => name === unit)?.[1] ?? Number.NaN)
  }
  return Number.isFinite(total) ? total : undefined
}
