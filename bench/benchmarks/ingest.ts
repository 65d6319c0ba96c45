import { createBanks } from '../../src/detect/banks/banks.ts'
import type { SampleSink } from '../../src/domain/series.ts'
import { decodeExposition } from '../../src/signals/exposition.ts'
import { otlpMetricsReader, type OtlpMetricsReader } from '../../src/signals/otlp/metrics.ts'
import { decodeRemoteWrite } from '../../src/signals/remote-write/v1.ts'
import { decodeRemoteWriteV2 } from '../../src/signals/remote-write/v2.ts'
import { createSeriesBank } from '../../src/signals/series/bank.ts'
import { unsnappy } from '../../src/signals/wire/snappy.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'
import { expositionRounds, otlpRounds, remoteWriteRounds, STEP_MS, valuesOf, type Round } from '../lib/bodies.ts'

const SHAPE = { series: 100_000, perBody: 500 }
const WARM_UP_ROUNDS = 3
const ROUNDS = 9
const WINDOW_SAMPLES = 120
const PRIMED_ROUNDS = WINDOW_SAMPLES
const MOST_BYTES = 1 << 24

/** Takes in one body; answers how many samples it held. */
type Take = (body: Uint8Array, sink: SampleSink, now: number) => number

type Case = { readonly name: string; readonly rounds: (round: number) => Round; readonly take: Take }

const cases = (otlp: OtlpMetricsReader): Case[] => [
  {
    name: 'remote write 1',
    rounds: remoteWriteRounds(SHAPE, 1),
    take: (body, sink, now) => decodeRemoteWrite(unsnappy(body, MOST_BYTES), sink, { now }).samples,
  },
  {
    name: 'remote write 2',
    rounds: remoteWriteRounds(SHAPE, 2),
    take: (body, sink, now) => decodeRemoteWriteV2(unsnappy(body, MOST_BYTES), sink, { now }).samples,
  },
  {
    name: 'text exposition',
    rounds: expositionRounds(SHAPE),
    take: (body, sink, now) => decodeExposition(body, sink, { now }).samples,
  },
  {
    name: 'OTLP protobuf',
    rounds: otlpRounds(SHAPE),
    take: (body, sink, now) => otlp.decode(body, 'protobuf', now, sink).samples,
  },
]

const METHOD = `bodies as node exporters' (six labels; OTLP: four attributes and three of the resource), ${SHAPE.perBody} series and samples each, packed with snappy where senders pack; every series once in a round. Unpacked, decoded, into the bank of all series, whose windows of ${WINDOW_SAMPLES} are full, and past their three detectors, on one core; median of ${ROUNDS} rounds after ${WARM_UP_ROUNDS}, by processor time of the thread`

export const ingest: Bench = {
  about: 'samples a second by remote write, text exposition and OTLP, with detectors, one core',
  run(say) {
    const figures = cases(otlpMetricsReader()).map((one): Figure => {
      say(`ingest: ${one.name}`)
      return {
        name: `ingest ${one.name}`,
        value: rounded(rateOf(one)),
        unit: 'samples/s',
        higherIsBetter: true,
        method: METHOD,
        settings: { ...SHAPE, samplesOfSeries: 1 },
      }
    })
    return Promise.resolve(figures)
  },
}

function rateOf({ rounds, take }: Case): number {
  const sink = primed(rounds, take)
  const rates: number[] = []
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const { at, bodies } = rounds(PRIMED_ROUNDS + 1 + round)
    const began = process.threadCpuUsage()
    let samples = 0
    for (const body of bodies) samples += take(body, sink, at)
    const { user, system } = process.threadCpuUsage(began)
    if (samples !== SHAPE.series) throw new Error(`cannot measure: ${samples} of ${SHAPE.series} samples were taken in`)
    if (round >= WARM_UP_ROUNDS) rates.push((samples / (user + system)) * 1e6)
  }
  return rates.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN
}

/** Where all series are known, their windows full, and their detectors warm. */
function primed(rounds: Case['rounds'], take: Take): SampleSink {
  const bank = createSeriesBank({ maxSeries: SHAPE.series, seed: 1, onBatch: (batch) => detectors.take(batch) })
  const window = { samples: WINDOW_SAMPLES, ringOf: bank.ringOf }
  const detectors = createBanks({ window, onLoud: () => undefined })
  const sink = bank.sinkFor('bench')
  const { at, bodies } = rounds(0)
  for (const body of bodies) take(body, sink, at)
  for (let round = 1; round <= PRIMED_ROUNDS; round++) {
    const valueOf = valuesOf(round)
    for (let slot = 0; slot < SHAPE.series; slot++) sink.push(slot, at + round * STEP_MS, valueOf())
  }
  bank.flush()
  const { series, samples } = bank.counts()
  if (series !== SHAPE.series || samples !== SHAPE.series * (PRIMED_ROUNDS + 1)) {
    throw new Error(`cannot measure: ${series} series and ${samples} samples are in the bank`)
  }
  return sink
}
