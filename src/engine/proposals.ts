import { ConflictError, messageOf, RecordUnwritableError } from '../domain/errors.ts'
import type { Incident } from '../domain/incident.ts'
import type { Choice, Plan } from '../domain/plan.ts'
import { hasExpired, type Proposal } from '../domain/proposal.ts'
import { objections, objectionsText, type Verdict } from '../domain/verdict.ts'
import { durationText } from '../lib/duration.ts'
import { isStop } from '../saga/journal.ts'
import { note, policiesOf, type Engine } from './engine.ts'
import { noteChoice, noteEnd, unlessEnded } from './notes.ts'
import { previewOf } from './previews.ts'
import { ask } from './runs.ts'

/** How long a proposal waits where its policy does not say. */
const WITHIN_MS = 30 * 60_000
/** What could not be looked at is looked at again after this. */
const AGAIN_MS = 5000

/**
 * Proposes a plan that only a person's yes is wanting for. It goes on beside the loop, as a run does, since a target may
 * take long to say how it is; until then nothing else is decided in the incident.
 */
export function beginProposal(engine: Engine, plan: Plan, verdict: Verdict): void {
  const { incident } = plan
  const under = propose(engine, plan, verdict)
    .catch((thrown: unknown) => notProposed(engine, plan, thrown))
    .finally(() => {
      engine.proposing.delete(incident)
      engine.wake()
    })
  engine.proposing.set(incident, under)
}

async function propose(engine: Engine, plan: Plan, verdict: Verdict): Promise<void> {
  const { incident } = plan
  const { clock, newId } = engine.ports
  const preview = await previewOf(engine, plan)
  const since = clock.moment()
  const withinMs = policiesOf(engine.settings).get(plan.policy)?.approval?.withinMs ?? WITHIN_MS
  const times = { since, proposedAt: since.wallMs, expiresAt: since.wallMs + withinMs }
  const proposal: Proposal = { id: newId('prop'), incident, plan, verdict, preview, ...times }
  const writes = [{ do: 'open-proposal', proposal: proposal.id, incident } as const]
  await note(engine, [{ kind: 'proposed', proposal }], { incident, writes })
}

/** Nobody is shown what could not be looked at: that is a decision not to act, and it is tried again. */
async function notProposed(engine: Engine, plan: Plan, thrown: unknown): Promise<void> {
  const { clock, log, conceal = (text) => text } = engine.ports
  const incident = engine.incidents.get(plan.incident)
  // A conflict is news of the incident, and a stop is an order: the next turn sees both.
  const isNews = isStop(thrown) || thrown instanceof ConflictError || thrown instanceof RecordUnwritableError
  if (!isNews && incident) {
    // As the record will have it: only a change of it is news.
    const reason = conceal(`cannot propose ${plan.remedy} on ${plan.target}: ${messageOf(thrown)}`)
    await noteChoice(engine, incident, { kind: 'none', reason }).catch((problem: unknown) =>
      log.warn({ incident: plan.incident, problem: messageOf(problem) }, 'could not be recorded'),
    )
  }
  await clock.sleep(isNews ? engine.ports.pollMs : AGAIN_MS, engine.halt.signal)
}

/**
 * Looks at an open proposal again. It goes on waiting as long as the choice is the same remedy on the same target, and
 * nothing but time and a yes stands in its way; what denies it now would deny it then.
 */
export async function reviewProposal(
  engine: Engine,
  incident: Incident,
  proposal: Proposal,
  choice: Choice,
): Promise<void> {
  const { takenOver } = incident
  if (takenOver) return noteEnd(engine, proposal, { as: 'withdrawn', reason: `${takenOver.by} has taken it over` })
  const reason = otherChoice(incident, proposal.plan, choice) ?? (await denial(engine, proposal.plan))
  if (reason !== undefined) await noteEnd(engine, proposal, { as: 'superseded', reason })
}

/** What is chosen now instead; undefined where that is the same, or nobody can see enough to say. */
function otherChoice({ findings }: Incident, { remedy, target }: Plan, choice: Choice): string | undefined {
  if (choice.kind === 'page') return `it is a person's now: ${choice.reason}`
  if (choice.kind === 'none') {
    return findings.some(({ state }) => state === 'blind') ? undefined : `it would not be chosen now: ${choice.reason}`
  }
  const { plan } = choice
  return plan.remedy === remedy && plan.target === target ? undefined : `${plan.remedy} on ${plan.target} is chosen now`
}

/** Why nobody could approve it any more, or need not; undefined while only time or a yes is wanting. */
async function denial(engine: Engine, plan: Plan): Promise<string | undefined> {
  const { verdict } = await ask(engine, { plan, purpose: 'start' })
  if (verdict.answer === 'deny') return objectionsText({ ...verdict, answers: objections(verdict).filter(isDenial) })
  if (verdict.answers.some(({ approvable }) => approvable)) return undefined
  return `policy '${plan.policy}' no longer asks for an approval`
}

const isDenial = ({ answer }: Verdict['answers'][number]): boolean => answer === 'deny'

/** Ends the proposals whose time is over: a person is told, and in this incident nobody is asked for the same again. */
export function expireProposals(engine: Engine): Promise<void>[] {
  const now = engine.ports.clock.moment()
  return engine.incidents
    .open()
    .flatMap(({ proposal }) => (proposal && hasExpired(proposal, now) ? [proposal] : []))
    .map((proposal) => expireProposal(engine, proposal).catch(unlessEnded))
}

export async function expireProposal(engine: Engine, proposal: Proposal): Promise<void> {
  const { plan, incident, expiresAt, proposedAt } = proposal
  const reason = `nobody answered within ${durationText(expiresAt - proposedAt)}`
  const paged = `${plan.remedy} on ${plan.target} was proposed, and ${reason}`
  await noteEnd(engine, proposal, { as: 'expired', reason }, [{ kind: 'paged', about: incident, reason: paged }])
}
