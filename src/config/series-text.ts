import { UsageError } from '../domain/errors.ts'

/** Values of a series, one an interval; undefined where nothing came. */
export type SeriesValues = readonly (number | undefined)[]

const MOST_VALUES = 100_000
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN`
const PIECE = new RegExp(String.raw`^(${NUMBER})(?:([+-]\d+(?:\.\d+)?(?:e[+-]?\d+)?)?x(\d+))?$`)
const GAP = /^_(?:x(\d+))?$/

/**
 * Reads a series as the rule tests of Prometheus write it: `1 0.5 NaN` are values; `0x5` is 0 and then five times more;
 * `90+1x10` is 90 and then ten values, each greater by 1; `_` is no value, `_x3` are none three times. Throws
 * {@link UsageError}.
 */
export function readSeries(text: string): SeriesValues {
  const values: (number | undefined)[] = []
  for (const piece of text.trim().split(/\s+/)) {
    const { length, at } = readPiece(piece)
    if (values.length + length > MOST_VALUES) throw new UsageError(`more than ${MOST_VALUES} values are too many`)
    for (let i = 0; i < length; i++) values.push(at(i))
  }
  return values
}

function readPiece(piece: string): { readonly length: number; at(i: number): number | undefined } {
  const gap = GAP.exec(piece)
  if (gap) return { length: Number(gap[1] ?? 1), at: () => undefined }
  const [, first, step = '0', more = '0'] = PIECE.exec(piece) ?? []
  if (first === undefined) {
    throw new UsageError(`cannot read "${piece}": expected values such as "1 0.5", "0x5", "90+1x10" or "_x3"`)
  }
  const [from, by] = [numberOf(first), numberOf(step)]
  return { length: Number(more) + 1, at: (i) => (i === 0 ? from : from + by * i) }
}

function numberOf(text: string): number {
  return Number(text.replace('Inf', 'Infinity'))
}
