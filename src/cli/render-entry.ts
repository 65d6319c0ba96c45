import type { KnownAlert } from '../domain/alert.ts'
import type { Announcement, Entry, EntryBody } from '../domain/entry.ts'
import { isRunEvent, type RunEvent } from '../domain/run.ts'
import { objections, wouldPropose } from '../domain/verdict.ts'
import { durationText } from '../lib/duration.ts'
import { comparedText, creditWords } from './render-credit.ts'
import { evidenceText } from './render-parts.ts'
import { timeText } from './units.ts'

/** One entry in a few words. */
export function summaryOf({ body }: Entry): string {
  if (body === undefined) return '(pruned)'
  if (isRunEvent(body)) return eventText(body)
  switch (body.kind) {
    case 'owner-started':
      return `version ${body.version}, ${body.mode}`
    case 'config-loaded':
      return `${body.mode}, ${body.policies.length} policies, digest ${body.digest.slice(0, 12)}${body.by === undefined ? '' : `, by ${body.by}`}`
    case 'incident-opened':
    case 'incident-changed':
      return (
        body.findings.map(({ target, state, summary }) => `${target} ${state}: ${summary}`).join('; ') || 'all well'
      )
    case 'charted':
      return `${body.charts.length} charts, ${body.changes.length} changes seen before`
    case 'incident-closed':
      return `ended by ${body.endedBy}`
    case 'diagnosed':
      return body.diagnosis.hypotheses.map(({ cause, target }) => `${cause} on ${target}`)[0] ?? 'no cause found'
    case 'decided':
      return `${body.choice.kind}: ${body.choice.reason}`
    case 'not-run':
    case 'would-run':
      return `${body.plan.remedy} on ${body.plan.target}: ${wouldPropose(body.verdict) ? 'would have been proposed' : body.verdict.answer}`
    case 'held':
      return `${body.target} for ${durationText(body.forMs)} by ${body.by}: ${body.reason}`
    case 'announced':
    case 'announcement-ended':
    case 'storm-began':
    case 'storm-ended':
      return disturbanceText(body)
    case 'latched':
      return `${body.owner}: ${body.reason}`
    case 'released':
      return `${body.subject} by ${body.by}: ${body.reason}`
    case 'proposed': {
      const { id, plan, expiresAt } = body.proposal
      return `${id}: ${plan.remedy} on ${plan.target}, to be approved by ${timeText(expiresAt)}`
    }
    case 'approved':
    case 'endorsed':
      return `${body.proposal} by ${body.by}: ${body.reason}`
    case 'proposal-ended':
      return `${body.proposal} ${body.as}${body.by === undefined ? '' : ` by ${body.by}`}: ${body.reason}`
    case 'acknowledged':
      return `by ${body.by}${body.forMs === undefined ? '' : ` for ${durationText(body.forMs)}`}: ${body.reason}`
    case 'change-seen':
      return `${body.target} by ${body.who}: ${body.what}`
    case 'access-refused':
      return `${body.by} asked ${body.what}: ${body.reason}`
    case 'taken-over':
      return `by ${body.by}: ${body.reason}`
    case 'marked-wrong':
      return `${body.subject} by ${body.by}: ${body.reason}`
    case 'paged':
      return `${body.about}: ${body.reason}`
    case 'paused':
    case 'resumed':
      return `by ${body.by}: ${body.reason}`
    default:
      return keptText(body)
  }
}

type Kept = Extract<
  EntryBody,
  { kind: 'ailing' | 'recovered' | 'alerts-received' | 'notified' | 'known' | 'reported' | 'segment-sealed' }
>

/** What Kintsugi keeps of itself and for others, in a few words. */
function keptText(body: Kept): string {
  switch (body.kind) {
    case 'ailing':
      return body.ailments.map(({ what }) => what).join('; ')
    case 'recovered':
      return `well again after: ${body.from.join('; ')}`
    case 'alerts-received':
      return `${body.alerts.length} alerts: ${[...new Set(body.alerts.map(alertText))].slice(0, 5).join(', ')}`
    case 'notified':
      return `${body.channel}: ${body.messages} messages, up to entry ${body.upTo}`
    case 'known':
      return `${Object.keys(body.parts).length} values that decisions read`
    case 'reported':
      return `${timeText(body.report.from)} to ${timeText(body.report.to)}: ${body.report.incidents.opened} incidents, ${body.report.wouldHave.length} would have been treated`
    case 'segment-sealed':
      return `entries ${body.firstSeq} to ${body.lastSeq}`
  }
}

type Disturbing = Extract<EntryBody, { kind: 'announced' | 'announcement-ended' | 'storm-began' | 'storm-ended' }>

function disturbanceText(body: Disturbing): string {
  switch (body.kind) {
    case 'announced':
      return announcedText(body.announcement)
    case 'announcement-ended':
      return `${body.id} by ${body.by}: ${body.reason}`
    case 'storm-began':
      return `${body.causes.length} causes: ${body.causes.slice(0, 5).join(', ')}`
    case 'storm-ended':
      return `${body.by === undefined ? 'by itself' : `by ${body.by}`}: ${body.reason}`
  }
}

function announcedText({ id, actor, by, target, share, forMs, reason }: Announcement): string {
  return `${id}: ${actor} by ${by} on ${target}, ${Math.round(share * 100)}% for ${durationText(forMs)}: ${reason}`
}

function alertText({ labels, status }: KnownAlert): string {
  return `${labels['alertname'] ?? 'unnamed'} ${status}`
}

/** One event of a run in words. */
function eventText(event: RunEvent): string {
  switch (event.kind) {
    case 'run-started':
      return `${event.plan.remedy} on ${event.plan.target}`
    case 'step-started':
      return `${event.step}${event.effect ? ' (changes the target)' : ''}`
    case 'step-succeeded':
    case 'undo-started':
    case 'undo-finished':
      return event.step
    case 'step-failed':
    case 'undo-failed':
      return `${event.step}: ${event.failure.message}${event.failure.untouched === true ? ' (nothing was changed)' : ''}`
    case 'assessed':
      return assessedText(event)
    case 'compared':
      return comparedText(event.wave, event.comparison)
    case 'refused':
      return `${event.step}: ${objections(event.verdict)
        .map(({ gate, reason }) => `${gate}: ${reason}`)
        .join('; ')}`
    case 'run-ended':
      return [
        `${event.outcome}: ${event.reason}`,
        ...creditWords(event.credited),
        ...event.leftOpen.map((left) => `left open: ${left}`),
      ].join('; ')
  }
}

function assessedText({ assessment }: Extract<RunEvent, { kind: 'assessed' }>): string {
  const verdict = `${assessment.result}${assessment.enough ? ', enough' : ''}`
  const { own, guards } = assessment.measure
  const states = [...own, ...guards].map((signal) => `${signal.state}: ${evidenceText(signal)} on ${signal.target}`)
  return [verdict, ...assessment.reasons, ...states].join('; ')
}
