import type { ReplayReport, Told } from '../engine/replay/report.ts'
import { durationText } from '../lib/duration.ts'
import { listOf, printable, section } from './text.ts'

const MOST_INCIDENTS = 50
const MOST_MISSING = 10

/** What a replay came to, for people. */
export function replayText(report: ReplayReport, all: boolean): string {
  const { incidents, notJudged, gates, policies } = report
  const shown = all ? incidents : incidents.slice(0, MOST_INCIDENTS)
  const more = incidents.length - shown.length
  return [
    ...headLines(report, policies),
    ...section('Effects', [report.effects.meaning]),
    ...section('To know', report.notes),
    ...section('Would have', countLines(report)),
    ...section(
      'Gates that stood in the way',
      gates.map(({ gate, incidents: of, example }) => `${gate}: ${timesText(of)}, such as: ${printable(example)}`),
    ),
    ...section(
      'Not judged',
      notJudged.map(({ policy, reason }) => printable(`${policy}: ${reason}`)),
    ),
    ...section('Not seen', missingLines(report)),
    ...section('Incidents', shown.flatMap(storyLines)),
    ...(more > 0 ? [`  and ${more} more: --all, or -o json`] : []),
  ].join('\n')
}

function headLines({ from, to, stepMs, source, seen, turns }: ReplayReport, policies: readonly string[]): string[] {
  const { samples, series, targets, alerts } = seen
  const unmapped = Object.entries(alerts.unmapped).map(([reason, count]) => `${count}: ${reason}`)
  const named = alerts.fired === 0 ? '' : `, ${alerts.mapped} of them name a target`
  return [
    `replay    ${from} to ${to}, a look every ${durationText(stepMs)}`,
    `source    ${printable(source)}`,
    `policies  ${listOf(policies, 20) || 'none'}`,
    `seen      ${samples} samples of ${series} series on ${targets} targets, ${alerts.fired} alerts${named}; ${turns} turns`,
    ...(unmapped.length > 0 ? [`no target ${listOf(unmapped, 3)}`] : []),
  ]
}

function countLines({ counts }: ReplayReport): string[] {
  return [
    `acted      in ${counts.wouldAct} of ${timesText(counts.incidents)}; ${counts.actedAndEndedAlone} of those where it would have acted or asked ended alone`,
    `asked      a person in ${counts.wouldPropose}`,
    `been held  in ${counts.held}, denied in ${counts.denied}`,
    `paged      ${counts.pages} times`,
    `seen end   ${counts.endedAlone} alone, ${counts.afterEffect} after Kintsugi had acted, ${counts.unseen} with their target gone; ${counts.open} still open`,
    ...(counts.blind > 0 ? [`seen       nothing in ${counts.blind}: blind`] : []),
  ]
}

function missingLines({ seen }: ReplayReport): string[] {
  const lines = seen.missing
    .slice(0, MOST_MISSING)
    .map(({ from, to, what, why }) => printable(`${from} to ${to}: ${what}: ${why}`))
  const more = seen.missing.length - lines.length + seen.moreMissing
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])]
}

function storyLines(story: Told): string[] {
  const { openedAt, owner, policies, deeds, acted, pages } = story
  return [
    printable(`${openedAt}  ${owner}: ${policies.join(', ')}`),
    ...deeds.map((deed) => `    +${durationText(after(story, deed.at))}  ${printable(deedText(deed))}`),
    ...pages.slice(0, 3).map(({ at, reason }) => `    +${durationText(after(story, at))}  page: ${printable(reason)}`),
    ...acted.map(
      (one) => `    +${durationText(after(story, one.at))}  Kintsugi itself: ${one.remedy} on ${one.target}`,
    ),
    `    ${endText(story)}`,
  ]
}

const after = ({ openedAt }: Told, at: string): number => Date.parse(at) - Date.parse(openedAt)

function deedText({ what, remedy, target, gates, reason }: Told['deeds'][number]): string {
  const plan = `${remedy} on ${target}`
  const why = gates.map((one) => `${one.gate}: ${one.reason}`).join('; ')
  switch (what) {
    case 'act':
      return `would have acted: ${plan}`
    case 'propose':
      return `would have asked a person: ${plan}`
    case 'held':
    case 'denied':
      return `${what}: ${plan} (${why})`
    case 'page':
      return `a person: ${reason}`
    case 'none':
      return `nothing: ${reason}`
  }
}

function endText({ ended, lastedMs, aheadMs, deeds }: Told): string {
  const lasted = durationText(lastedMs)
  if (ended === undefined) return `still open after ${lasted}`
  if (ended === 'after-effect') return `ended after ${lasted}; Kintsugi had acted, so not alone`
  if (ended === 'unseen') return `ended after ${lasted}: what it was about is gone`
  if (aheadMs === undefined) return `ended alone after ${lasted}`
  const would = deeds.some(({ what }) => what === 'act') ? 'acted' : 'asked'
  return `ended alone after ${lasted}: Kintsugi would have ${would} ${durationText(aheadMs)} before that`
}

function timesText(count: number): string {
  return `${count} ${count === 1 ? 'incident' : 'incidents'}`
}
