import type { Figure } from './benchmark.ts'

const COLUMNS = ['what', 'value', 'unit', 'peer', 'ratio'] as const

/** Figures for a terminal, a line each. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, against }) => [
    name,
    number(value),
    unit,
    against ? `${against.peer} ${number(against.value)}` : '',
    against ? String(against.ratio) : '',
  ])
  const widths = COLUMNS.map((column, at) => Math.max(column.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (at === 1 || at === 4 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return `${[line(COLUMNS), ...rows.map(line)].join('\n')}\n`
}

const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 })
