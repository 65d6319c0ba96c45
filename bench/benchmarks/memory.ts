import { runChild } from '../bank/run.ts'
import { rounded, type Bench, type Figure } from '../lib/benchmark.ts'

const SETTINGS = { series: 1_000_000, windowSamples: 120, longSeries: 100_000, longSamples: 1000, keyBytes: 110 }

export const memoryBench: Bench = {
  about: '1,000,000 series with 120 values each and all default detectors; 100,000 windows of 1,000 more',
  async run(say) {
    say('memory: a million series')
    const { emptyMib, filledMib, longMib, peakMib } = await runChild('memory')
    const figure = (name: string, mib: number, method: string): Figure => ({
      name: `memory ${name}`,
      value: rounded(mib),
      unit: 'MiB',
      higherIsBetter: false,
      method,
      settings: SETTINGS,
    })
    return [
      figure('1,000,000 series', filledMib, 'RSS of a process that has nothing else, every window full'),
      figure('... of that, Node itself', emptyMib, 'RSS before the first series'),
      figure('100,000 long windows more', longMib - filledMib, 'growth of RSS, every long window full'),
      figure('peak', peakMib, 'most RSS of the process'),
    ]
  },
}
