import type { Statistics } from '../learn/statistics.ts'
import { durationText } from '../lib/duration.ts'
import type { Summary } from '../lib/stats.ts'
import { section, table } from './text.ts'

/** What `kintsugi stats` prints. */
export function statisticsText(statistics: Statistics, since: string): string {
  const { incidents, detect, locate, repair, remedies, credits, noiseShare } = statistics
  const { kintsugi, itself, unknown } = incidents.endedBy
  const times = [
    timeRow('to detect', detect, 'from the first violated sample to the incident'),
    timeRow('to locate', locate, 'from the incident to a named cause'),
    timeRow('to repair', repair, 'from the first violated sample to healed by Kintsugi'),
  ]
  return [
    `The last ${since}: ${incidents.opened} incidents, ${incidents.open} of them open; ended by Kintsugi ${kintsugi}, by themselves ${itself}, unknown ${unknown}; said to be wrong ${incidents.wrong}.`,
    `Noise: ${noiseShare === undefined ? 'nothing has ended yet' : `${percent(noiseShare)} ended by themselves without any run`}.`,
    `Runs after which it was well: fixed by us ${credits['fixed-by-us']}, recovered alone ${credits['recovered-alone']}, unknown ${credits.unknown}; only what we fixed counts as a success.`,
    ...section('Time', [table(['TIME', 'COUNT', 'MEAN', 'MEDIAN', 'P95', 'WHAT'], times)]),
    ...section('Remedies', [
      table(
        ['REMEDY', 'RUNS', 'FIXED', 'BY US', 'ALONE', 'UNKNOWN', 'WRONG', 'MEDIAN', 'OUTCOMES'],
        remedies.map(remedyRow),
      ),
    ]),
  ].join('\n')
}

function timeRow(name: string, summary: Summary | undefined, what: string): string[] {
  const times = summary ? [summary.mean, summary.median, summary.p95].map(durationText) : ['-', '-', '-']
  return [name, String(summary?.count ?? 0), ...times, what]
}

function remedyRow(told: Statistics['remedies'][number]): string[] {
  const { remedy, runs, wrong, successRate, duration, outcomes, credits } = told
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`)
  return [
    remedy,
    String(runs),
    successRate === undefined ? '-' : percent(successRate),
    ...[credits['fixed-by-us'], credits['recovered-alone'], credits.unknown].map(String),
    String(wrong),
    duration ? durationText(duration.median) : '-',
    counts.join(', ') || 'none yet',
  ]
}

const percent = (share: number): string => `${Math.round(100 * share)} %`
