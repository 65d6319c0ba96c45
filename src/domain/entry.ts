import type { Moment } from '../lib/clock.ts'
import type { Json } from '../lib/json.ts'
import type { KnownAlert } from './alert.ts'
import type { Basis } from './basis.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { Finding, Severity } from './finding.ts'
import type { Incident } from './incident.ts'
import type { Disturbance } from './ledger.ts'
import type { Choice, Plan } from './plan.ts'
import type { Proposal, ProposalEnd } from './proposal.ts'
import type { Report } from './report.ts'
import type { ResourceRef } from './resource.ts'
import type { RunEvent } from './run.ts'
import type { Ailment } from './self.ts'
import type { Verdict } from './verdict.ts'
import type { ChangeView, Chart } from './chart.ts'

/** What the record holds beside the run log: decisions, non-actions, and what people did. */
export type Fact =
  | { readonly kind: 'owner-started'; readonly version: string; readonly epoch: number; readonly mode: Mode }
  | {
      readonly kind: 'config-loaded'
      readonly digest: string
      readonly mode: Mode
      readonly policies: readonly string[]
      /** Who had it loaded; absent at a start, and where a signal of the machine did. */
      readonly by?: string
      readonly person?: string
    }
  | {
      readonly kind: 'incident-opened'
      readonly owner: ResourceRef
      readonly severity: Severity
      readonly findings: readonly Finding[]
      /** How often its owner's trouble had ended and come back shortly before; absent for never. */
      readonly returns?: number
      /** How long it lasted when it passed by itself, in milliseconds; absent where that is not known to have been. */
      readonly alone?: readonly number[]
    }
  | { readonly kind: 'incident-changed'; readonly severity: Severity; readonly findings: readonly Finding[] }
  | { readonly kind: 'incident-closed'; readonly endedBy: NonNullable<Incident['endedBy']> }
  /** What the windows showed of an incident when one of its runs, or the incident itself, ended: they move on. */
  | {
      readonly kind: 'charted'
      readonly charts: readonly Chart[]
      /** Restarts and other configurations that were seen in signals. */
      readonly changes: readonly ChangeView[]
      /** The same, seen while it was open, where no run of ours was at it: what somebody else did. */
      readonly meanwhile?: readonly ChangeView[]
    }
  | { readonly kind: 'diagnosed'; readonly diagnosis: Diagnosis }
  | { readonly kind: 'decided'; readonly choice: Exclude<Choice, { kind: 'plan' }> }
  /** A plan that did not run, with every gate's answer. Written again only when the set of reasons changes. */
  | { readonly kind: 'not-run'; readonly plan: Plan; readonly verdict: Verdict; readonly basis?: Basis }
  /** Shadow: only the shadow gate stood in the way. */
  | { readonly kind: 'would-run'; readonly plan: Plan; readonly verdict: Verdict; readonly basis?: Basis }
  /** A plan that waits for a person's yes. */
  | { readonly kind: 'proposed'; readonly proposal: Proposal; readonly basis?: Basis }
  /** What decisions of this commit and of later ones read, by the digest under which they name it. */
  | { readonly kind: 'known'; readonly parts: Readonly<Record<string, Json>> }
  /** A person said yes; the run that follows says so too, unless the world had changed meanwhile. */
  | {
      readonly kind: 'approved'
      readonly proposal: string
      readonly by: string
      readonly person?: string
      readonly reason: string
    }
  /** The first of two people said yes: the proposal goes on waiting for another. */
  | {
      readonly kind: 'endorsed'
      readonly proposal: string
      readonly by: string
      readonly person?: string
      readonly reason: string
    }
  /** Somebody who is known asked what they have no right to; once an hour for each who and what. */
  | {
      readonly kind: 'access-refused'
      readonly by: string
      readonly person?: string
      readonly what: string
      readonly reason: string
    }
  | {
      readonly kind: 'proposal-ended'
      readonly proposal: string
      readonly as: Exclude<ProposalEnd, 'approved'>
      readonly reason: string
      readonly by?: string
    }
  /** A person takes the incident over: nothing more is begun in it until it ends, or is released. */
  | { readonly kind: 'taken-over'; readonly by: string; readonly person?: string; readonly reason: string }
  /** A person has seen the incident and looks at it: nothing is begun on its owner meanwhile. Without `forMs` until it ends. */
  | {
      readonly kind: 'acknowledged'
      readonly by: string
      readonly person?: string
      readonly reason: string
      readonly forMs?: number
    }
  /** A change of a target that no run made: a person, or a program of theirs. `changedAt` is epoch milliseconds. */
  | {
      readonly kind: 'change-seen'
      readonly target: ResourceRef
      readonly who: string
      readonly what: string
      readonly changedAt: number
    }
  /** A person says of what was done, or of the diagnosis, that it was wrong. */
  | {
      readonly kind: 'marked-wrong'
      readonly subject: string
      readonly by: string
      readonly person?: string
      readonly reason: string
    }
  | { readonly kind: 'paged'; readonly about: string; readonly reason: string }
  /** A channel has been told of everything up to an entry, in so many messages. */
  | { readonly kind: 'notified'; readonly channel: string; readonly upTo: number; readonly messages: number }
  | {
      readonly kind: 'paused'
      readonly freeze: boolean
      readonly reason: string
      readonly by: string
      readonly person?: string
    }
  /** What is wrong with Kintsugi itself now, whenever that changes: it begins nothing until `recovered`. */
  | { readonly kind: 'ailing'; readonly ailments: readonly Ailment[] }
  | { readonly kind: 'recovered'; readonly from: readonly string[] }
  | { readonly kind: 'resumed'; readonly reason: string; readonly by: string; readonly person?: string }
  | {
      readonly kind: 'held'
      readonly target: ResourceRef
      readonly forMs: number
      readonly reason: string
      readonly by: string
      readonly person?: string
    }
  /** What a person or a pipeline disturbs, as they say or as it is seen: it counts against what may be disturbed at once. */
  | { readonly kind: 'announced'; readonly announcement: Announcement; readonly person?: string }
  | {
      readonly kind: 'announcement-ended'
      readonly id: string
      readonly reason: string
      readonly by: string
      readonly person?: string
    }
  /** More goes wrong at once than single repairs are an answer to: nothing is begun until it is over, or released. */
  | { readonly kind: 'storm-began'; readonly causes: readonly ResourceRef[] }
  | { readonly kind: 'storm-ended'; readonly reason: string; readonly by?: string }
  | { readonly kind: 'latched'; readonly owner: ResourceRef; readonly reason: string }
  | {
      readonly kind: 'released'
      readonly subject: string
      readonly reason: string
      readonly by: string
      readonly person?: string
    }
  /** All news of one commit, by value, in the order in which it came. */
  | { readonly kind: 'alerts-received'; readonly alerts: readonly KnownAlert[] }
  /** What a day came to, for people who were not there. */
  | { readonly kind: 'reported'; readonly report: Report }
  | { readonly kind: 'segment-sealed'; readonly firstSeq: number; readonly lastSeq: number; readonly head: string }

/** A disturbance as whoever makes it says it. */
export type Announcement = Pick<
  Disturbance,
  'id' | 'actor' | 'by' | 'reason' | 'target' | 'owner' | 'share' | 'instances'
> & { readonly forMs: number }

export type Mode = 'shadow' | 'live'

export type EntryBody = Fact | RunEvent
export type EntryKind = EntryBody['kind']

/** What somebody asks the record to append. */
export type NewEntry = { readonly body: EntryBody; readonly incident?: string; readonly run?: string }

/**
 * One entry of the record. `digest` is over the canonical JSON of the body; `chain` is over this entry's header, its
 * digest and the `chain` of the entry before it, so that a changed, removed or moved entry is found.
 */
export type Entry = {
  readonly seq: number
  readonly at: Moment
  readonly kind: EntryKind
  readonly incident?: string
  readonly run?: string
  /** Absent once retention has pruned it; the chain holds without it. */
  readonly body?: EntryBody
  readonly digest: string
  readonly chain: string
}
