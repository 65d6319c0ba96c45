import type { Entry, EntryKind } from '../domain/entry.ts'
import type { Severity } from '../domain/finding.ts'
import { isSuspicion } from '../domain/grounds.ts'
import type { Incident } from '../domain/incident.ts'
import type { Proposal } from '../domain/proposal.ts'
import type { Report } from '../domain/report.ts'
import { objectionsText, wouldPropose } from '../domain/verdict.ts'
import { durationText } from '../lib/duration.ts'

/** What a person may be told of: `needs-person` only they can go on with, `would-run` is what shadow kept from running. */
export type Occasion = 'opened' | 'needs-person' | 'would-run' | 'closed' | 'report'
export const OCCASIONS: readonly Occasion[] = ['opened', 'needs-person', 'would-run', 'closed', 'report']

/** What one channel sends: what happened, the likely cause, what was done or is proposed. Text, never markup. */
export type Message = {
  /** The same for the same news: a receiver that gets it twice may drop one. */
  readonly key: string
  readonly occasion: Occasion
  readonly severity: Severity
  /** Epoch milliseconds. */
  readonly at: number
  readonly title: string
  readonly lines: readonly string[]
  readonly incident?: string
}

/** The kinds of entries that are news for a person. */
export const NEWS: readonly EntryKind[] = [
  ...(['incident-opened', 'incident-closed', 'paged', 'proposed', 'would-run', 'not-run'] as const),
  ...(['reported', 'ailing', 'recovered'] as const),
]

/** Where a person can answer a proposal by a browser; undefined where there is no such page. */
export type LinkTo = (proposal: Proposal) => string | undefined

/** The message about one entry; `incident` is the one it belongs to, as far as the record has come. */
export function messageAbout(
  { seq, at, body, incident: id }: Pick<Entry, 'seq' | 'at' | 'body' | 'incident'>,
  incident: Incident | undefined,
  linkTo: LinkTo = () => undefined,
): Message | undefined {
  // What only a detector holds to be unusual is shown to who looks; nobody is called for it.
  if (incident && isSuspicion(incident)) return undefined
  const told = tellingOf(body, incident, linkTo)
  if (!told) return undefined
  return {
    key: `${id ?? 'kintsugi'}/${seq}`,
    severity: incident?.severity ?? (body?.kind === 'reported' ? 'info' : 'warning'),
    at: at.wallMs,
    ...(id !== undefined && { incident: id }),
    ...told,
  }
}

type Telling = Pick<Message, 'occasion' | 'title' | 'lines'>

function tellingOf(body: Entry['body'], incident: Incident | undefined, linkTo: LinkTo): Telling | undefined {
  const owner = incident?.owner ?? 'Kintsugi'
  const story = incident ? storyOf(incident) : []
  switch (body?.kind) {
    case 'incident-opened':
      return {
        occasion: 'opened',
        title: `${body.owner} is not well`,
        lines: [`What happened: ${body.findings.map(({ summary }) => summary).join('; ')}`, ...causeOf(incident)],
      }
    case 'paged':
      return { occasion: 'needs-person', title: `${owner} needs a person: ${body.reason}`, lines: story }
    case 'proposed': {
      const { proposal } = body
      // What has been answered, or taken back, in the meantime asks nobody any more.
      if (incident && incident.proposal?.id !== proposal.id) return undefined
      const { remedy, target } = proposal.plan
      const title = `${owner} needs a person: ${remedy} on ${target} waits for a yes`
      return { occasion: 'needs-person', title, lines: [...story, ...proposalOf(proposal, linkTo)] }
    }
    case 'endorsed': {
      if (incident?.proposal?.id !== body.proposal) return undefined
      const { remedy, target } = incident.proposal.plan
      const title = `${owner} needs a second person: ${body.by} said yes to ${remedy} on ${target}, another must too`
      return { occasion: 'needs-person', title, lines: [...story, ...proposalOf(incident.proposal, linkTo)] }
    }
    case 'not-run': {
      if (!wouldPropose(body.verdict)) return undefined
      const { remedy, target } = body.plan
      return { occasion: 'would-run', title: `In shadow: would propose ${remedy} on ${target}`, lines: story }
    }
    case 'would-run': {
      // Said again when something else stood in the way meanwhile: people have been told.
      if (incident?.wouldRun && incident.wouldRun.id !== body.plan.id) return undefined
      const { remedy, target, steps } = body.plan
      const proposed = `Proposed: ${steps.map(({ name }) => name).join(', then ')}`
      return {
        occasion: 'would-run',
        title: `In shadow: would run ${remedy} on ${target}`,
        lines: [...story, proposed],
      }
    }
    case 'ailing':
      return {
        occasion: 'needs-person',
        title: `Kintsugi itself is not well, and begins nothing: ${body.ailments.map(({ what }) => what).join('; ')}`,
        lines: body.ailments.map(({ unlocks }) => `Ends: ${unlocks}`),
      }
    case 'recovered':
      return {
        occasion: 'closed',
        title: 'Kintsugi itself is well again',
        lines: body.from.map((what) => `Was: ${what}`),
      }
    case 'reported':
      return { occasion: 'report', ...reportOf(body.report) }
    case 'incident-closed':
      return { occasion: 'closed', title: endingOf(body.endedBy, owner, incident), lines: story }
    default:
      return undefined
  }
}

/** What is proposed, why it is asked, what it may cost, until when, and how to answer. */
function proposalOf(proposal: Proposal, linkTo: LinkTo): string[] {
  const { id, plan, verdict, expiresAt } = proposal
  const { steps, cannotUndo, risk } = plan
  const link = linkTo(proposal)
  return [
    `Proposed: ${steps.map(({ name }) => name).join(', then ')}`,
    `Asked because: ${objectionsText(verdict)}`,
    ...(risk ? [`Risk: ${risk.risk} of 1, blast radius ${risk.blast.toFixed(2)} of 1`] : []),
    ...(cannotUndo.length === 0 ? [] : [`Cannot be undone: ${cannotUndo.join('; ')}`]),
    `Answer before: ${new Date(expiresAt).toISOString()}`,
    ...(link === undefined ? [] : [`Answer at: ${link}`]),
    `Or: kintsugi approve ${id} --reason TEXT, kintsugi reject ${id} --reason TEXT`,
  ]
}

const ENDINGS = {
  kintsugi: 'is well again: Kintsugi mended it',
  itself: 'is well again by itself',
  unknown: 'is well again; what did it is not known',
} as const

function endingOf(endedBy: keyof typeof ENDINGS, owner: string, incident: Incident | undefined): string {
  const { openedAt, closedAt } = incident ?? {}
  const took = openedAt === undefined || closedAt === undefined ? '' : ` after ${durationText(closedAt - openedAt)}`
  return `${owner} ${ENDINGS[endedBy]}${took}`
}

function storyOf(incident: Incident): string[] {
  const { findings, attempts, waitingFor } = incident
  const happened = findings.map(({ summary }) => summary).join('; ')
  const done = attempts.map(({ remedy, target, outcome }) => `${remedy} on ${target}: ${outcome ?? 'under way'}`)
  return [
    ...(happened === '' ? [] : [`What happened: ${happened}`]),
    ...causeOf(incident),
    ...(done.length === 0 ? ['Done: nothing'] : [`Done: ${done.join('; ')}`]),
    ...(waitingFor.length === 0 ? [] : [`Waits for: ${waitingFor.join('; ')}`]),
    `More: kintsugi why ${incident.id}`,
  ]
}

function causeOf(incident: Incident | undefined): string[] {
  const cause = incident?.diagnosis?.hypotheses[0]
  if (!cause) return []
  return [`Likely cause: ${cause.summary} (${cause.cause} on ${cause.target}, ${Math.round(100 * cause.confidence)} %)`]
}

/** The day in a few lines; `kintsugi report` has the rest. */
function reportOf({ from, to, incidents, pairs, wrong, alerts }: Report): Pick<Telling, 'title' | 'lines'> {
  const { kintsugi, itself, unknown } = incidents.endedBy
  const share = alerts.received === 0 ? '' : ` (${Math.round((100 * alerts.mapped) / alerts.received)} %)`
  return {
    title: `Report of ${new Date(from).toISOString().slice(0, 16)}Z to ${new Date(to).toISOString().slice(0, 16)}Z: ${incidents.opened} incidents`,
    lines: [
      `Ended by Kintsugi ${kintsugi}, by themselves ${itself}, unknown ${unknown}, open ${incidents.open}`,
      ...pairs
        .slice(0, SHOWN)
        .map(
          (pair) =>
            `Would have done ${pair.remedy} for ${pair.policy} ${pair.times} times: ended alone ${pair.endedAlone}, others acted ${pair.othersActed}, said to be wrong ${pair.wrong}`,
        ),
      ...wrong.slice(0, SHOWN).map(({ subject, by, reason }) => `Said to be wrong: ${subject} by ${by}: ${reason}`),
      `Alerts: ${alerts.received} received, ${alerts.mapped} name a target${share}`,
      'More: kintsugi report',
    ],
  }
}

/** Many at once come as one: nobody reads a hundred messages about one outage. */
export function digestOf(messages: readonly Message[]): Message | undefined {
  const last = messages.at(-1)
  const worst = ['critical', 'high', 'warning', 'info'] as const
  if (!last || messages.length === 1) return last
  const counts = OCCASIONS.flatMap((occasion) => {
    const count = messages.filter((one) => one.occasion === occasion).length
    return count === 0 ? [] : [`${count} ${occasion}`]
  })
  return {
    key: `${messages[0]?.key}..${last.key}`,
    occasion: messages.some(({ occasion }) => occasion === 'needs-person') ? 'needs-person' : last.occasion,
    severity: worst.find((severity) => messages.some((one) => one.severity === severity)) ?? 'warning',
    at: last.at,
    title: `${messages.length} messages at once: ${counts.join(', ')}`,
    lines: messages.slice(0, SHOWN).map(({ title }) => title),
  }
}

const SHOWN = 20
