import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { messageOf } from '../../src/domain/errors.ts'

export type Row = { readonly atMs: number; readonly value: number }

/**
 * The rows of one file `timestamp,value,label`, without the label: it is dropped before anybody else sees the row. An
 * empty value is NaN.
 */
export function* rowsOf(file: string): Generator<Row> {
  const [head = '', ...lines] = textOf(file).trimEnd().split('\n')
  if (!head.startsWith('timestamp,value')) throw new Error(`cannot read ${file}: it begins with '${head}'`)
  for (const line of lines) {
    const [at, value] = line.split(',', 2)
    yield { atMs: Number(at) * 1000, value: value === '' ? Number.NaN : Number(value) }
  }
}

function textOf(file: string): string {
  try {
    return gunzipSync(readFileSync(file)).toString()
  } catch (error) {
    throw new Error(`cannot read ${file}: ${messageOf(error)}`, { cause: error })
  }
}

const ENOUGH_TO_TELL = 100

/** How often samples come: the median step of the first hundred. A running system knows it from its configuration. */
export function intervalOf(file: string): number {
  const steps: number[] = []
  let last: number | undefined
  for (const { atMs } of rowsOf(file)) {
    if (last !== undefined) steps.push(atMs - last)
    last = atMs
    if (steps.length === ENOUGH_TO_TELL) break
  }
  return steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 60_000
}
