import { createBanks } from '../../src/detect/banks/banks.ts'
import type { Describe, SampleSink } from '../../src/domain/series.ts'
import { randomFrom } from '../../src/lib/random.ts'
import { createSeriesBank, type BankOptions, type SeriesBank } from '../../src/signals/series/bank.ts'

export const WINDOW_SAMPLES = 120
export const STEP_MS = 15_000
/** A power of two, so that it can be walked in a circle. */
const NOISE = 65_536

export type Watched = { readonly bank: SeriesBank; readonly sink: SampleSink; loud(): number }

/** A bank of series with the default detectors over it, as the worker of the intake has it. */
export function watchedBank(options: Omit<BankOptions, 'seed' | 'windowSamples' | 'onBatch'>): Watched {
  let loud = 0
  const banks = createBanks({
    window: { samples: WINDOW_SAMPLES, ringOf: (slot) => bank.ringOf(slot) },
    onLoud: () => loud++,
  })
  const bank = createSeriesBank({ ...options, seed: 1, windowSamples: WINDOW_SAMPLES, onBatch: banks.take })
  return { bank, sink: bank.sinkFor('bench'), loud: () => loud }
}

/** Some 110 bytes that name a series as remote write does, with a number written into them: nothing is made for each. */
const template = new TextEncoder().encode(
  'http_requests\0instance\u000010.0.000.000:9100\0job\0shop\0method\0GET\0path\0/items/0000000\0status\u0000200\0env\0production-eu',
)
const DIGITS_AT = new TextDecoder().decode(template).indexOf('0000000')
const DIGITS = 7
const bytes = Uint8Array.from(template)

export function slotOf(sink: SampleSink, series: number): number {
  for (let rest = series, at = DIGITS_AT + DIGITS - 1; at >= DIGITS_AT; at--) {
    bytes[at] = 48 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
  return sink.slotOf(bytes, 0, bytes.length, describe)
}

const describe: Describe = (key, start) => {
  let number = 0
  for (let at = start + DIGITS_AT; at < start + DIGITS_AT + DIGITS; at++) number = number * 10 + (key[at] ?? 48) - 48
  const path = `/items/${number}`
  const labels = {
    instance: '10.0.000.000:9100',
    job: 'shop',
    method: 'GET',
    path,
    status: '200',
    env: 'production-eu',
  }
  return { metric: 'http_requests', labels }
}

/** A level and noise about it, nearly Gaussian, the same every time. */
export function noise(): Float64Array {
  const random = randomFrom(3)
  return Float64Array.from({ length: NOISE }, () => Math.fround(100 + random() + random() + random() + random()))
}

/** Pushes rounds of one sample for each slot, in their order. */
export function pushRounds(sink: SampleSink, slots: Int32Array, from: number, to: number, values: Float64Array): void {
  let k = from * 7919
  for (let round = from; round < to; round++) {
    const at = 1e12 + round * STEP_MS
    for (const slot of slots) sink.push(slot, at, values[k++ & (NOISE - 1)] ?? 0)
  }
}

/** Slots of so many series, and how long it took to take them in, with a first sample each, in seconds. */
export function begun(sink: SampleSink, count: number): Int32Array {
  const slots = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    const slot = slotOf(sink, i)
    slots[i] = slot
    sink.push(slot, 1e12, 100)
  }
  return slots
}
