import type { Moment } from '../lib/clock.ts'
import type { Entry, EntryBody } from './entry.ts'
import { isUnusual } from './grounds.ts'
import type { Attempt, Incident } from './incident.ts'
import type { Plan } from './plan.ts'
import type { Proposal } from './proposal.ts'
import { objections, wouldPropose } from './verdict.ts'

/** An incident as its entries tell it, oldest first; undefined before it is opened. Never assigned, always folded. */
export function foldIncident(entries: Iterable<Pick<Entry, 'incident' | 'run' | 'at' | 'body'>>): Incident | undefined {
  let incident: Incident | undefined
  for (const entry of entries) incident = nextIncident(incident, entry)
  return incident
}

/** The incident after one more entry. Entries whose body was pruned tell nothing. */
export function nextIncident(
  was: Incident | undefined,
  entry: Pick<Entry, 'incident' | 'run' | 'at' | 'body'>,
): Incident | undefined {
  const { body, run = '', at } = entry
  if (!body) return was
  if (body.kind === 'incident-opened') {
    const { owner, severity, findings, returns, alone } = body
    const openedAt = at.wallMs
    return {
      id: entry.incident ?? '',
      owner,
      status: 'open',
      severity,
      openedAt,
      findings,
      attempts: [],
      waitingFor: [],
      ...(returns !== undefined && { flapping: { returns, settled: 0 } }),
      ...(alone && { alone }),
    }
  }
  return was && changed(was, body, run, at)
}

function changed(was: Incident, body: EntryBody, run: string, at: Moment): Incident {
  const atMs = at.wallMs
  switch (body.kind) {
    case 'incident-changed': {
      // Something new went wrong in what was handed to a person: that is looked at afresh.
      const known = new Set((was.quiet ?? was).findings.map(({ fingerprint }) => fingerprint))
      const isNew = body.findings.some((one) => !isUnusual(one) && !known.has(one.fingerprint))
      const status = was.status === 'escalated' && isNew ? 'open' : was.status
      return rested({ ...returned(was, body.findings, atMs), status, severity: body.severity })
    }
    case 'incident-closed':
      return {
        ...without(without(passed(was, atMs), 'proposal'), 'endorsed'),
        quiet: was.quiet ?? { since: atMs, findings: was.findings },
        status: 'resolved',
        endedBy: body.endedBy,
        closedAt: atMs,
        findings: [],
        waitingFor: [],
      }
    case 'diagnosed':
      return { ...was, diagnosis: body.diagnosis, status: was.status === 'open' ? 'diagnosing' : was.status }
    case 'decided':
      return {
        ...was,
        status: body.choice.kind === 'page' ? 'escalated' : was.status,
        waitingFor: [body.choice.reason],
        lastReason: reasonOf(body),
      }
    case 'not-run':
      return {
        ...was,
        waitingFor: wouldPropose(body.verdict)
          ? [`shadow: would have proposed ${body.plan.remedy} on ${body.plan.target}`]
          : objections(body.verdict).map(({ gate, reason }) => `${gate}: ${reason}`),
        lastReason: reasonOf(body),
      }
    case 'would-run':
      return {
        ...was,
        wouldRun: was.wouldRun ?? body.plan,
        waitingFor: [`shadow: would have run ${body.plan.remedy} on ${body.plan.target}`],
        lastReason: WOULD_RUN,
      }
    case 'run-started': {
      const { id: plan, remedy, target } = body.plan
      const attempts = [...was.attempts, { run, plan, remedy, target, ...partsOf(body.plan) }]
      return { ...was, lastReason: '', status: 'healing', waitingFor: [], attempts }
    }
    case 'step-started':
      return body.step === 'settle/result' ? { ...was, status: 'verifying' } : was
    case 'run-ended': {
      const { outcome, credited } = body
      const end = { outcome, ...(credited && { credit: credited.credit }) }
      const attempts = was.attempts.map((one): Attempt => (one.run === run ? { ...one, ...end } : one))
      const held = outcome === 'parked' || outcome === 'stuck'
      return rested({ ...was, attempts, status: held ? 'escalated' : 'open' })
    }
    case 'released':
      return rested({
        ...(body.subject === was.id ? without(without(was, 'takenOver'), 'acknowledged') : was),
        lastReason: '',
        status: was.status === 'escalated' ? 'open' : was.status,
        // A proposal goes on waiting.
        waitingFor: was.proposal ? was.waitingFor : [],
      })
    default:
      return withPeople(was, body, at)
  }
}

/** What people were asked, and what they said. */
function withPeople(was: Incident, body: EntryBody, at: Moment): Incident {
  switch (body.kind) {
    case 'proposed': {
      const { proposal } = body
      return { ...was, proposal, waitingFor: [askedFor(proposal)], lastReason: '' }
    }
    case 'approved':
      return without(without(was, 'proposal'), 'endorsed')
    case 'endorsed': {
      const { kind: _, proposal: __, ...yes } = body
      const next = { ...was, endorsed: { ...yes, at: at.wallMs } }
      return was.proposal ? { ...next, waitingFor: [askedFor(was.proposal, body.by)] } : next
    }
    case 'proposal-ended':
      return withoutProposal(was, body)
    case 'taken-over': {
      const { by, reason } = body
      return {
        ...was,
        takenOver: { by, reason, at: at.wallMs },
        waitingFor: [`${by}, who has taken it over: ${reason}`],
      }
    }
    case 'acknowledged': {
      const { kind: _, ...said } = body
      return { ...was, acknowledged: { ...said, since: at } }
    }
    case 'marked-wrong': {
      const { subject, by, reason } = body
      return { ...was, wrong: [...(was.wrong ?? []), { subject, by, reason, at: at.wallMs }] }
    }
    default:
      return was
  }
}

/** What was rejected, or nobody answered, is not proposed again in this incident. */
function withoutProposal(was: Incident, { as, reason, by }: Extract<EntryBody, { kind: 'proposal-ended' }>): Incident {
  const next = rested({ ...without(without(was, 'proposal'), 'endorsed'), waitingFor: [], lastReason: '' })
  if (!was.proposal || (as !== 'rejected' && as !== 'expired')) return next
  const { remedy, target } = was.proposal.plan
  const why = as === 'rejected' ? `rejected by ${by ?? 'a person'}: ${reason}` : reason
  return { ...next, refused: [...(was.refused ?? []), { remedy, target, ...partsOf(was.proposal.plan), why }] }
}

function partsOf({ canary }: Plan): Pick<Attempt, 'parts'> {
  return canary ? { parts: canary.waves.flatMap(({ treats }) => treats) } : {}
}

/** So many of the times that it passed alone are remembered. */
const MOST_ALONE = 5

/** Its trouble is over; where nothing was done about it since it came, it passed by itself. */
function passed(was: Incident, atMs: number): Incident {
  const trouble = was.findings.filter(({ state, lead }) => state === 'violated' && lead === undefined)
  const since = was.attempts.slice(was.flapping?.settled ?? 0)
  if (was.quiet || trouble.length === 0 || since.some(({ outcome }) => outcome !== 'abandoned')) return was
  const lasted = Math.max(0, atMs - Math.min(...trouble.map((finding) => finding.since)))
  return { ...was, alone: [...(was.alone ?? []), lasted].slice(-MOST_ALONE) }
}

/** The incident with other findings: it falls quiet when nothing is left of them, and has returned when something is again. */
function returned(was: Incident, findings: Incident['findings'], atMs: number): Incident {
  if (findings.length === 0) {
    return { ...passed(was, atMs), findings, quiet: was.quiet ?? { since: atMs, findings: was.findings } }
  }
  if (!was.quiet) return { ...was, findings }
  const settled = was.attempts.filter(({ outcome }) => outcome !== undefined).length
  const flapping = { returns: (was.flapping?.returns ?? 0) + 1, settled }
  return { ...without(was, 'quiet'), findings, flapping, lastReason: '', waitingFor: [] }
}

function askedFor({ id, plan: { remedy, target } }: Proposal, first?: string): string {
  const who = first === undefined ? 'a person' : `a second person (${first} has said yes)`
  return `${who}: ${remedy} on ${target} is proposed as ${id}`
}

/** What is proposed goes on waiting for its answer; what is quiet and flaps waits for nobody, and says so. */
function rested(incident: Incident): Incident {
  const { proposal, waitingFor } = incident
  if (proposal && waitingFor.length === 0)
    return { ...incident, waitingFor: [askedFor(proposal, incident.endorsed?.by)] }
  if (!incident.quiet || !incident.flapping || openAttempt(incident)) return incident
  const { returns } = incident.flapping
  const times = returns === 1 ? 'once' : `${returns} times`
  return { ...incident, waitingFor: [`flapping: came back ${times}, and is well now`] }
}

type Absent = 'quiet' | 'proposal' | 'endorsed' | 'takenOver' | 'acknowledged'

function without<It extends Partial<Incident>, Key extends Absent>(incident: It, key: Key): Omit<It, Key> {
  const { [key]: _, ...rest } = incident
  return rest
}

/**
 * What a non-action is about: which remedy on which target, and the set of gates that object; not their words, in which
 * times and counts go on changing.
 */
export function reasonOf(body: Extract<EntryBody, { kind: 'decided' | 'not-run' }>): string {
  if (body.kind === 'decided') return `${body.choice.kind} ${body.choice.reason}`
  const against = objections(body.verdict).map(({ gate, answer }) => `${gate} ${answer}`)
  return [body.plan.remedy, body.plan.target, ...against].join()
}

/** The last reason of an incident of which nothing is to be said but that it is in shadow. */
export const WOULD_RUN = 'would-run'

/** The run that is under way, if there is one. */
export function openAttempt(incident: Incident): Attempt | undefined {
  return incident.attempts.find(({ outcome }) => outcome === undefined)
}
