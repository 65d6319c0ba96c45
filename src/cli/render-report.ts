import type { Report, WouldHave } from '../domain/report.ts'
import { durationText } from '../lib/duration.ts'
import { section, table } from './text.ts'
import { timeText } from './units.ts'

/** What `kintsugi report` prints. */
export function reportText(report: Report): string {
  const { from, to, incidents, wouldHave, pairs, runs, kept, wrong, alerts } = report
  const { kintsugi, itself, unknown } = incidents.endedBy
  const ran = Object.entries(runs).map(([outcome, count]) => `${outcome} ${count}`)
  return [
    `From ${timeText(from)} to ${timeText(to)}`,
    `${incidents.opened} incidents, ${incidents.open} of them open; ended by Kintsugi ${kintsugi}, by themselves ${itself}, unknown ${unknown}.`,
    `Runs: ${ran.join(', ') || 'none'}.`,
    alertsText(alerts),
    ...section('Would have been done', [
      table(['WHEN', 'POLICY', 'REMEDY', 'TARGET', 'WHAT CAME OF IT WITHOUT'], wouldHave.map(wouldRow)),
    ]),
    ...section('By policy and remedy', [
      table(
        ['POLICY', 'REMEDY', 'TIMES', 'ENDED ALONE', 'OTHERS ACTED', 'WRONG', 'OPEN', 'WENT ON FOR'],
        pairs.map(pairRow),
      ),
    ]),
    ...section('Kept back by', [
      table(
        ['GATE', 'ANSWER', 'INCIDENTS'],
        kept.map(({ gate, answer, incidents: count }) => [gate, answer, String(count)]),
      ),
    ]),
    ...section(
      'Said to be wrong',
      wrong.map(({ subject, by, reason }) => `${subject} by ${by}: ${reason}`),
    ),
    ...section(
      'Alerts without a target',
      alerts.unmapped.map(({ alertname, count, reason }) => `${alertname} (${count}): ${reason}`),
    ),
  ].join('\n')
}

function alertsText({ received, mapped }: Report['alerts']): string {
  if (received === 0) return 'Alerts: none were received.'
  return `Alerts: ${received} received, ${mapped} of them name a target (${Math.round((100 * mapped) / received)} %).`
}

function wouldRow(one: WouldHave): string[] {
  const { at, policy, remedy, target } = one
  return [timeText(at), policy, one.how === 'run' ? remedy : `${remedy} (proposed)`, target, fateText(one)]
}

const ENDINGS = { kintsugi: 'Kintsugi ended it', itself: 'it ended', unknown: 'it ended, nobody knows why' } as const

function fateText({ ended, others, wrong }: WouldHave): string {
  const fate = ended ? `${ENDINGS[ended.by]} ${durationText(ended.afterMs)} later` : 'it is still open'
  return [...others, fate, ...(wrong ? ['said to be wrong'] : [])].join('; ')
}

function pairRow(pair: Report['pairs'][number]): string[] {
  const { policy, remedy, times, endedAlone, othersActed, wrong, open, medianLaterMs } = pair
  const counts = [times, endedAlone, othersActed, wrong, open].map(String)
  return [policy, remedy, ...counts, medianLaterMs === undefined ? '-' : durationText(medianLaterMs)]
}
