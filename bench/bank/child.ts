import { cpuSeconds } from '../lib/cpu.ts'
import { begun, noise, pushRounds, slotOf, watchedBank, WINDOW_SAMPLES } from './series.ts'

/*
 * A million series in a process of its own, so that its memory is theirs: `child memory` fills every window, and then
 * long ones; `child cardinality` takes them in as fast as it can, and then sheds.
 */
export type Memory = {
  readonly emptyMib: number
  readonly filledMib: number
  readonly longMib: number
  readonly peakMib: number
}
export type Cardinality = {
  readonly newSeconds: number
  readonly clockSeconds: number
  readonly shedSeconds: number
  readonly shed: number
  readonly rssMib: number
}

const SERIES = 1_000_000
const LONG = { series: 100_000, samples: 1000 }
const MORE = 100_000

const rssMib = (): number => process.memoryUsage.rss() / 2 ** 20

function memory(): Memory {
  const emptyMib = rssMib()
  const { bank, sink } = watchedBank({ maxSeries: SERIES, long: LONG })
  const values = noise()
  const slots = begun(sink, SERIES)
  pushRounds(sink, slots, 1, WINDOW_SAMPLES + 1, values)
  bank.flush()
  const filledMib = rssMib()
  const named = slots.subarray(0, LONG.series)
  for (const slot of named) if (!bank.lengthen(slot)) throw new Error('there is no long window left')
  pushRounds(sink, named, WINDOW_SAMPLES + 1, LONG.samples + 1, values)
  bank.flush()
  if (bank.windowOf(named[0] ?? 0).length !== LONG.samples) throw new Error('a long window is not full')
  return { emptyMib, filledMib, longMib: rssMib(), peakMib: process.resourceUsage().maxRSS / 1024 }
}

function cardinality(): Cardinality {
  const { bank, sink } = watchedBank({ maxSeries: SERIES })
  const began = process.hrtime.bigint()
  const newSeconds = cpuSeconds(() => {
    begun(sink, SERIES)
    bank.flush()
  })
  const clockSeconds = Number(process.hrtime.bigint() - began) / 1e9
  const shedSeconds = cpuSeconds(() => {
    for (let i = 0; i < MORE; i++) slotOf(sink, SERIES + i)
  })
  const { series, shed } = bank.counts()
  if (series !== SERIES) throw new Error(`${series} series were taken in, not ${SERIES}`)
  return { newSeconds, clockSeconds, shedSeconds, shed, rssMib: rssMib() }
}

process.send?.(process.argv[2] === 'memory' ? memory() : cardinality())
