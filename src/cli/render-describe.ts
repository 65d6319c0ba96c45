import type { Entry } from '../domain/entry.ts'
import type { Incident } from '../domain/incident.ts'
import type { Ledger, RunRow } from '../domain/ledger.ts'
import type { Yes } from '../domain/proposal.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { ProposalView } from '../domain/view.ts'
import { durationText } from '../lib/duration.ts'
import {
  causeLines,
  findingLines,
  planLines,
  proposalLines,
  safe,
  takenOverLines,
  verdictTable,
  wrongLines,
} from './render-parts.ts'
import { runTable } from './render-run.ts'
import { bodyOf, planOf } from './story.ts'
import { jsonText, section, table } from './text.ts'
import { timeText } from './units.ts'
import { entryTable, holdTable, incidentTable, runRows } from './views.ts'

/** An incident with everything that the record holds of it. */
export function incidentText(incident: Incident, entries: readonly Entry[]): string {
  const { id, owner, status, severity, openedAt, closedAt, endedBy, flapping } = incident
  const { findings, diagnosis, attempts, waitingFor } = incident
  return [
    ...safe([`incident ${id} on ${owner}`, `${status}, ${severity}, opened ${timeText(openedAt)}`]),
    ...safe(closedAt === undefined ? [] : [`closed ${timeText(closedAt)}, ended by ${endedBy ?? 'unknown'}`]),
    ...safe(flapping === undefined ? [] : [`flapping: it ended and came back, ${flapping.returns} in a row`]),
    ...section('Findings now', safe(findingLines(findings))),
    ...section('Causes', safe(diagnosis ? causeLines(diagnosis) : [])),
    ...section(
      'Attempts',
      safe(attempts.map(({ run, remedy, outcome }) => `${run}  ${remedy}  ${outcome ?? 'under way'}`)),
    ),
    ...section('Proposed', safe(incident.proposal ? proposalLines(incident.proposal) : [])),
    ...section('Taken over', safe(takenOverLines(incident))),
    ...section('Said to be wrong', safe(wrongLines(incident))),
    ...section('Waiting for', safe(waitingFor)),
    ...section('Entries', [entryTable(entries)]),
  ].join('\n')
}

/** A proposal, and what became of it. */
export function proposalText({ proposal, ended, endorsed }: ProposalView): string {
  const by = ended?.by === undefined ? '' : ` by ${ended.by}`
  const end = ended ? `${ended.as}${by} ${timeText(ended.at)}: ${ended.reason ?? ''}` : 'open'
  return [
    ...safe([`proposal ${proposal.id} in incident ${proposal.incident}`, end]),
    ...section('Said yes', safe(endorsed ? [endorsedText(endorsed)] : [])),
    ...section('Proposed', safe(proposalLines(proposal))),
    ...section('Gates when it was made', [verdictTable(proposal.verdict)]),
  ].join('\n')
}

function endorsedText({ by, at, reason }: Yes): string {
  return `${timeText(at)}  ${by}: ${reason}; another person must say yes too`
}

/** A run: its row, its plan, the verdicts it was allowed under, its log. */
export function runText(row: RunRow, entries: readonly Entry[]): string {
  const plan = planOf(entries, row.run)
  const took = row.endedAt ? `, took ${durationText(Math.max(0, row.endedAt.wallMs - row.startedAt.wallMs))}` : ''
  const verdicts = entries.flatMap((entry) => {
    const started = bodyOf(entry, 'step-started')
    return started?.verdict ? section(`Gates before ${started.step}`, [verdictTable(started.verdict)]) : []
  })
  return [
    ...safe([`run ${row.run} of incident ${row.incident} on ${row.target}`]),
    ...safe([`${row.outcome ?? 'under way'}, started ${timeText(row.startedAt.wallMs)}${took}`]),
    ...section('Plan', safe(plan ? planLines(plan) : ['(pruned)'])),
    ...verdicts,
    ...section('Log', [runTable(entries)]),
  ].join('\n')
}

/** A target: what is held on it, its attempts, and the open incidents and runs that touch it. */
export function targetText(
  target: ResourceRef,
  ledger: Ledger,
  about: { readonly incidents: readonly Incident[]; readonly runs: readonly RunRow[] },
): string {
  const attempts = ledger.attempts.map(({ run, at, endedAt, shadow }) => [
    run,
    timeText(at.wallMs),
    endedAt ? timeText(endedAt.wallMs) : '-',
    shadow ? 'shadow' : 'live',
  ])
  const held = {
    holds: ledger.holds.filter((hold) => hold.target === target),
    latches: ledger.latches.filter(({ owner }) => owner === target),
  }
  const locks = ledger.locks.filter(({ resource }) => resource === target).map(({ run, mode }) => [run, mode])
  return [
    ...safe([`target ${target}`]),
    ...section('Holds', [holdTable(held)]),
    ...section('Locks', [table(['RUN', 'MODE'], locks)]),
    ...section('Attempts that count', [table(['RUN', 'AT', 'ENDED', 'LEDGER'], attempts)]),
    ...section('Open incidents', [incidentTable(about.incidents)]),
    ...section('Runs', [runRows(about.runs)]),
  ].join('\n')
}

/** One entry with its place in the chain and its body as it stands. */
export function entryText(entry: Entry): string {
  return [
    ...safe([`entry ${entry.seq}, ${entry.kind}, ${timeText(entry.at.wallMs)}`]),
    ...safe([`incident ${entry.incident ?? '-'}, run ${entry.run ?? '-'}`]),
    ...safe([`digest ${entry.digest}`, `chain  ${entry.chain}`]),
    '',
    entry.body === undefined ? '(pruned)' : jsonText(entry.body),
  ].join('\n')
}
