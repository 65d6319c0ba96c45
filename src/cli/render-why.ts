import type { Entry } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import { wouldPropose } from '../domain/verdict.ts'
import { durationText } from '../lib/duration.ts'
import {
  causeLines,
  findingLines,
  objectionTable,
  planLines,
  proposalLines,
  safe,
  takenOverLines,
  wrongLines,
} from './render-parts.ts'
import { runTable } from './render-run.ts'
import { bodyOf, inTheWay, isKept, lastFindings, onlyBlind, planOf, type Stand, standOf, unmetPlan } from './story.ts'
import { printable, section } from './text.ts'
import { timeText } from './units.ts'

/** Why an incident was treated as it was: one sentence, then what that sentence stands on. */
export function whyText(incident: Incident, entries: readonly Entry[]): string {
  const stand = standOf(entries)
  return [
    printable(sentence(incident, stand, onlyBlind(entries))),
    ...section('Seen', safe(findingLines(lastSeen(entries)))),
    ...section('Causes', safe(incident.diagnosis ? causeLines(incident.diagnosis) : [])),
    ...section('Proposed', safe(incident.proposal ? proposalLines(incident.proposal) : [])),
    ...section('Taken over', safe(takenOverLines(incident))),
    ...section('Said to be wrong', safe(wrongLines(incident))),
    ...unmetSections(unmetPlan(entries)),
    ...runsOf(entries).flatMap((run) => runSection(entries, run)),
    ...section('Paged', safe(pages(entries))),
    ...section('Ended', safe(endLines(incident))),
  ].join('\n')
}

/** The whole in one sentence, in plain words. */
export function sentence(incident: Incident, stand: Stand, blind: boolean): string {
  const where = incident.owner
  if (stand.kind === 'over') {
    const took = durationText((incident.closedAt ?? incident.openedAt) - incident.openedAt)
    const { wouldRun } = incident
    const shadow = wouldRun ? `; in shadow, ${wouldRun.remedy} on ${wouldRun.target} would have run` : ''
    return `${where} is well again after ${took}: ${ENDED_BY[incident.endedBy ?? 'unknown']}${shadow}.`
  }
  const unseen = blind ? ' (and nobody can see it now)' : ''
  return `${where}${unseen}: ${standText(stand)}.`
}

const ENDED_BY = {
  kintsugi: 'Kintsugi mended it',
  itself: 'it ended by itself',
  unknown: 'who ended it is not known',
}

function standText(stand: Exclude<Stand, { kind: 'over' }>): string {
  switch (stand.kind) {
    case 'new':
      return 'nothing has been decided yet'
    case 'chosen':
      return stand.by === 'page' ? `a person was called, ${stand.reason}` : `nothing is done, ${stand.reason}`
    case 'would-run':
      return `in shadow, so nothing was written; ${stand.plan.remedy} on ${stand.plan.target} would have run`
    case 'proposed': {
      const { id, plan, expiresAt } = stand.proposal
      return `${plan.remedy} on ${plan.target} waits for a person's yes until ${timeText(expiresAt)}, as ${id}`
    }
    case 'answered': {
      const by = stand.by === undefined ? '' : ` by ${stand.by}`
      return `${stand.proposal} was ${stand.as}${by}, ${stand.reason}; nothing has been decided since`
    }
    case 'taken-over':
      return `${stand.by} has taken it over, ${stand.reason}`
    case 'not-run': {
      if (wouldPropose(stand.verdict)) {
        return `in shadow, so nobody was asked; ${stand.plan.remedy} on ${stand.plan.target} would have been proposed`
      }
      const [first] = inTheWay(stand.verdict)
      const word = first?.answer === 'deny' ? 'denied' : 'held'
      return `${stand.plan.remedy} on ${stand.plan.target} is ${word}${first ? ` by ${first.gate}, ${first.reason}` : ''}`
    }
    case 'released':
      return `${stand.subject} was released by ${stand.by}, ${stand.reason}; nothing has been decided since`
    case 'running':
      return `run ${stand.run} is under way${stand.plan ? `, ${stand.plan.remedy} on ${stand.plan.target}` : ''}`
    case 'ended':
      return `run ${stand.run} ended ${stand.outcome}, ${stand.reason}${isKept(stand.outcome) ? `; kintsugi release ${stand.run} frees it` : ''}`
  }
}

/** What is seen now; for an incident that is over, what was seen last. */
function lastSeen(entries: readonly Entry[]): ReturnType<typeof lastFindings> {
  return lastFindings(entries.filter((entry) => lastFindings([entry]).length > 0))
}

function unmetSections(unmet: ReturnType<typeof unmetPlan>): string[] {
  if (!unmet) return []
  const title = unmet.kind === 'would-run' ? 'Would have run' : 'Did not run'
  return [
    ...section(title, safe(planLines(unmet.plan))),
    ...section(`In the way since ${timeText(unmet.at)}`, [objectionTable(unmet.verdict)]),
  ]
}

function runsOf(entries: readonly Entry[]): string[] {
  return [...new Set(entries.flatMap(({ run }) => (run === undefined ? [] : [run])))]
}

function runSection(entries: readonly Entry[], run: string): string[] {
  const plan = planOf(entries, run)
  return [
    ...section(`Run ${printable(run)}`, safe(plan ? planLines(plan) : [])),
    ...section('', [runTable(entries.filter((entry) => entry.run === run))]).slice(2),
  ]
}

function pages(entries: readonly Entry[]): string[] {
  return entries.flatMap((entry) => {
    const paged = bodyOf(entry, 'paged')
    return paged ? [`${timeText(entry.at.wallMs)}  ${paged.about}: ${paged.reason}`] : []
  })
}

function endLines({ closedAt, endedBy }: Incident): string[] {
  return closedAt === undefined ? [] : [`${timeText(closedAt)}  by ${endedBy ?? 'unknown'}`]
}
