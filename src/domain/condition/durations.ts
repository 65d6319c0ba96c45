const UNITS: readonly (readonly [string, number])[] = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]
const UNIT_MS = new Map(UNITS)

/** Milliseconds of a duration such as `5m`, `1h30m` or `250ms`; undefined when the text is not one. */
export function readDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[smhdw]))+$/.test(text)) return undefined
  let totalMs = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdw])/g)) {
    totalMs += Number(count) * (UNIT_MS.get(unit ?? '') ?? 0)
  }
  return totalMs
}

/** The shortest way to write a whole number of milliseconds, such as `1h30m`. */
export function durationText(ms: number): string {
  let text = ''
  let rest = ms
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(rest / unitMs)
    if (count > 0) text += `${count}${unit}`
    rest -= count * unitMs
  }
  return text === '' ? '0s' : text
}
