import type { Incident } from '../../domain/incident.ts'
import { openAttempt } from '../../domain/incident-fold.ts'
import type { Ledger } from '../../domain/ledger.ts'
import type { RecordReader } from '../../domain/ports.ts'
import type { EntryKind } from '../../domain/entry.ts'
import type { Need, Overview, Touched } from '../../domain/view.ts'

/** A list of more helps nobody; how many are left out is said. */
const MOST_LISTED = 50

/** What only people can go on with, the most pressing first, and how many more there are. */
export async function needsOf(
  reader: RecordReader,
  incidents: readonly Incident[],
  ledger: Pick<Ledger, 'locks' | 'latches'>,
  openRuns: ReadonlySet<string>,
): Promise<Pick<Overview, 'needs' | 'moreNeeds'>> {
  const kept = [...new Set(ledger.locks.map(({ run }) => run))].filter((run) => !openRuns.has(run))
  const escalated = incidents.filter(({ status, attempts }) => status === 'escalated' && !isKept(attempts, kept))
  const found = await Promise.all([
    ...kept.slice(0, MOST_LISTED).map(async (run) => keptNeed(reader, run)),
    ...escalated.slice(0, MOST_LISTED).map(async (incident) => escalatedNeed(reader, incident)),
  ])
  const quick = [...incidents.flatMap(proposalNeed), ...incidents.flatMap(blindNeeds), ...ledger.latches.map(latchNeed)]
  const needs = [...found.filter((need) => need !== undefined), ...quick].toSorted(byUrgency)
  const unread = [kept, escalated].reduce((sum, all) => sum + Math.max(0, all.length - MOST_LISTED), 0)
  const listed = needs.slice(0, MOST_LISTED)
  return { needs: listed, moreNeeds: unread + needs.length - listed.length }
}

const ORDER: readonly Need['kind'][] = ['stuck', 'proposal', 'parked', 'escalated', 'latched', 'blind']

/** By kind; of proposals those that expire first, of the others the oldest. */
function byUrgency(a: Need, b: Need): number {
  return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.expiresAt ?? a.since) - (b.expiresAt ?? b.since)
}

function isKept(attempts: Incident['attempts'], kept: readonly string[]): boolean {
  return attempts.some(({ run }) => kept.includes(run))
}

/** A run that has ended and keeps its lock. */
async function keptNeed(reader: RecordReader, run: string): Promise<Need | undefined> {
  const [ended] = await reader.entries({ run, kinds: ['run-ended'], limit: 1 })
  const [started] = await reader.entries({ run, kinds: ['run-started'], limit: 1 })
  if (ended?.body?.kind !== 'run-ended' || started?.body?.kind !== 'run-started') return undefined
  const { outcome, reason, leftOpen } = ended.body
  return {
    kind: outcome === 'stuck' ? 'stuck' : 'parked',
    ...(ended.incident !== undefined && { incident: ended.incident }),
    subject: run,
    target: started.body.plan.target,
    since: ended.at.wallMs,
    reason: [reason, ...leftOpen.map((left) => `left open: ${left}`)].join('; '),
  }
}

function proposalNeed({ id, proposal }: Incident): Need[] {
  if (!proposal) return []
  const { plan, proposedAt: since, expiresAt } = proposal
  const reason = `${plan.remedy} on ${plan.target} waits for a yes`
  return [{ kind: 'proposal', incident: id, subject: proposal.id, target: plan.target, since, expiresAt, reason }]
}

/** A person was paged and is awaited. */
async function escalatedNeed(reader: RecordReader, incident: Incident): Promise<Need> {
  const { id, owner, openedAt, waitingFor } = incident
  const [paged] = await reader.entries({ incident: id, kinds: ['paged'], newestFirst: true, limit: 1 })
  const said = paged?.body?.kind === 'paged' ? [paged.body.reason] : []
  const since = paged?.at.wallMs ?? openedAt
  const reason = [...waitingFor, ...said][0] ?? 'handed to a person'
  return { kind: 'escalated', incident: id, subject: id, target: owner, since, reason }
}

function blindNeeds({ id, findings }: Incident): Need[] {
  const blind = Map.groupBy(
    findings.filter(({ state }) => state === 'blind'),
    ({ target }) => target,
  )
  return [...blind].map(([target, own]) => ({
    kind: 'blind',
    incident: id,
    subject: target,
    target,
    since: Math.min(...own.map(({ since }) => since)),
    reason: own.map(({ summary }) => summary).join('; '),
  }))
}

function latchNeed({ owner, since, reason }: Ledger['latches'][number]): Need {
  return { kind: 'latched', subject: owner, target: owner, since: since.wallMs, reason }
}

const TELLING: readonly EntryKind[] = ['run-started', 'step-started', 'undo-started']

/** Runs under way, the newest first, and how many more there are. */
export async function touchedOf(
  reader: RecordReader,
  incidents: readonly Incident[],
): Promise<Pick<Overview, 'touched' | 'moreTouched'>> {
  const under = incidents.flatMap((incident) => {
    const attempt = openAttempt(incident)
    return attempt ? [{ ...attempt, incident: incident.id, openedAt: incident.openedAt }] : []
  })
  const listed = under.toSorted((a, b) => b.openedAt - a.openedAt).slice(0, MOST_LISTED)
  const touched = await Promise.all(
    listed.map(async ({ run, incident, target, remedy }): Promise<Touched> => {
      const [started] = await reader.entries({ run, limit: 1 })
      const [newest] = await reader.entries({ run, kinds: TELLING, newestFirst: true, limit: 1 })
      const startedAt = started?.at.wallMs ?? 0
      return { run, incident, target, remedy, startedAt, ...stageOf(newest?.body) }
    }),
  )
  return { touched, moreTouched: under.length - listed.length }
}

type Body = Awaited<ReturnType<RecordReader['entries']>>[number]['body']

/** How far a run is, by the last thing that it began. */
function stageOf(body: Body): Pick<Touched, 'stage' | 'step'> {
  if (body?.kind === 'undo-started') return { stage: 'undoing', step: body.step }
  if (body?.kind !== 'step-started') return { stage: 'preparing' }
  const at = body.step.lastIndexOf('/')
  const step = body.step.slice(0, at)
  if (step === 'settle') return { stage: 'settling' }
  if (step.startsWith('compare ')) return { stage: 'comparing' }
  const stage = STAGES[body.step.slice(at + 1)]
  return stage ? { stage, step } : { stage: 'preparing' }
}

const STAGES: Readonly<Record<string, Touched['stage']>> = {
  capture: 'preparing',
  apply: 'applying',
  verify: 'verifying',
}
