import { runChild } from '../bank/run.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'

const SETTINGS = { series: 1_000_000, more: 100_000, keyBytes: 110 }

export const cardinality: Bench = {
  about: '1,000,000 new series taken in with a sample each; then a limit that sheds',
  async run(say) {
    say('cardinality: a million new series')
    const { newSeconds, clockSeconds, shedSeconds, shed, rssMib } = await runChild('cardinality')
    const figure = (name: string, value: number, unit: string, method: string): Figure => ({
      name: `cardinality ${name}`,
      value: rounded(value),
      unit,
      higherIsBetter: unit.endsWith('/s'),
      method,
      settings: SETTINGS,
    })
    const what = 'names looked up, described, kept; window and detectors begun; of one thread'
    return [
      figure('1,000,000 new series', newSeconds, 's', `processor time: ${what}`),
      figure('... by the clock', clockSeconds, 's', 'the same, by the clock'),
      figure('memory', rssMib, 'MiB', 'RSS afterwards'),
      figure('shed', shed / shedSeconds, 'series/s', 'new series beyond the limit, by processor time'),
    ]
  },
}
