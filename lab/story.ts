import type { Entry, EntryBody, EntryKind } from '../src/domain/entry.ts'
import type { ResourceRef } from '../src/domain/resource.ts'
import type { Outcome } from '../src/domain/run.ts'
import type { Truth } from './faults/fault.ts'
import { instanceRef } from './shop/layout.ts'

/** What Kintsugi's own record says of one fault. Times are epoch milliseconds; null is "never". */
export type Story = {
  readonly detectedAt: number | null
  /** Place of the true cause, on the true target, in the first diagnosis that had one; null when it was not named. */
  readonly causeRank: number | null
  /** How the last run ended; `held` when a limit then stood in the way of the next; `would-run` in shadow. */
  readonly outcome: Outcome | 'held' | 'would-run' | 'none'
  readonly remedy: string | null
  /** Place of that remedy on the policy's ladder, from 1. */
  readonly rung: number | null
  readonly stabilisedAt: number | null
  /** Whether a person was called. */
  readonly person: boolean
  readonly heldAt: number | null
  readonly heldBecause: string | null
  readonly latched: boolean
  /** The owner that a person must release. */
  readonly owner: ResourceRef | null
  readonly wouldRun: number
  readonly runs: number
  readonly openRuns: number
  readonly openIncidents: number
  readonly closedBy: 'kintsugi' | 'itself' | 'unknown' | null
}

type Of<Kind extends EntryKind> = { readonly at: number; readonly body: Extract<EntryBody, { kind: Kind }> }

/** The remedies of a policy, from its first rung on. */
type LadderOf = (policy: string) => readonly string[]

/** Reads the story of a fault out of the record's entries, from the injection on. Pure. */
export function storyOf(entries: readonly Entry[], truth: Truth, injectedAt: number, ladderOf: LadderOf): Story {
  const all = entries.filter(({ at }) => at.wallMs >= injectedAt)
  const of = <Kind extends EntryKind>(kind: Kind): Of<Kind>[] =>
    all.flatMap(({ at, body }) => (body?.kind === kind ? [{ at: at.wallMs, body: body as Of<Kind>['body'] }] : []))
  const [closed, ends, starts] = [of('incident-closed'), of('run-ended'), of('run-started')]
  const held = of('not-run').filter(({ body }) => body.verdict.answer === 'hold')
  const heldByLimit = held.find(({ body }) => body.verdict.answers.some(isLimit))
  const wouldRun = of('would-run')
  const lastEnd = ends.at(-1)
  const plan = starts.at(-1)?.body.plan ?? wouldRun.at(-1)?.body.plan
  const isLast = heldByLimit !== undefined && heldByLimit.at >= (lastEnd?.at ?? 0)
  return {
    detectedAt: detectedAt(all, truth),
    causeRank: rankOf(of('diagnosed'), truth),
    outcome: isLast ? 'held' : (lastEnd?.body.outcome ?? (wouldRun.length > 0 ? 'would-run' : 'none')),
    remedy: plan?.remedy ?? null,
    rung: plan ? ladderOf(plan.policy).indexOf(plan.remedy) + 1 : null,
    stabilisedAt: ends.find(({ body }) => body.outcome === 'healed')?.at ?? null,
    person: of('paged').length > 0,
    heldAt: heldByLimit?.at ?? null,
    heldBecause: heldByLimit?.body.verdict.answers.find(isLimit)?.reason ?? null,
    latched: of('latched').length > 0,
    owner: heldByLimit?.body.plan.owner ?? plan?.owner ?? null,
    wouldRun: wouldRun.length,
    runs: starts.length,
    openRuns: starts.length - ends.length,
    openIncidents: openIncidents(entries),
    closedBy: closed.at(-1)?.body.endedBy ?? null,
  }
}

/** Incidents that were ever opened and not closed since. */
function openIncidents(entries: readonly Entry[]): number {
  const ids = (wanted: EntryKind): Set<string | undefined> =>
    new Set(entries.filter(({ kind }) => kind === wanted).map(({ incident }) => incident))
  const closed = ids('incident-closed')
  return [...ids('incident-opened')].filter((id) => !closed.has(id)).length
}

/** The first moment at which an incident was about the fault: what was opened for a neighbour's trouble may come to be. */
function detectedAt(entries: readonly Entry[], truth: Truth): number | null {
  const first = entries.find(({ body }) => {
    const isAboutSomething = body?.kind === 'incident-opened' || body?.kind === 'incident-changed'
    return isAboutSomething && isAbout(body.findings, truth)
  })
  return first?.at.wallMs ?? null
}

const isLimit = ({ gate, answer }: { gate: string; answer: string }): boolean =>
  gate === 'attempts' && answer === 'hold'

function isAbout(findings: readonly { readonly target: ResourceRef }[], truth: Truth): boolean {
  const about = [truth.target, truth.service, instanceRef(truth.instance)]
  return findings.some(({ target }) => about.includes(target))
}

function rankOf(diagnoses: readonly Of<'diagnosed'>[], truth: Truth): number | null {
  for (const { body } of diagnoses) {
    const at = body.diagnosis.hypotheses.findIndex(
      ({ cause, target }) => cause === truth.cause && target === truth.target,
    )
    if (at >= 0) return at + 1
  }
  return null
}
