import { ConflictError, HeldError, UsageError } from '../domain/errors.ts'
import type { Approved, Order } from '../domain/operator.ts'
import { personOf } from '../domain/person.ts'
import { hasExpired, type Approval, type Proposal, type StepPreview } from '../domain/proposal.ts'
import { ancestors } from '../domain/topology.ts'
import type { ProposalView } from '../domain/view.ts'
import { objections, objectionsText } from '../domain/verdict.ts'
import { approvers } from '../gate/gates/approvers.ts'
import { isStop } from '../saga/journal.ts'
import { note, recordOf, type Engine } from './engine.ts'
import { endOf, noteEnd, unlessEnded } from './notes.ts'
import { changesSince, previewOf } from './previews.ts'
import { expireProposal } from './proposals.ts'
import { mayApprove, mustBeListed, policiesIn } from './rights.ts'
import { ask, beginRun } from './runs.ts'

type Answer = Order & { readonly proposal: string }

/**
 * A person's yes. The world is compared with what they were shown, every gate is asked again, and the end of the proposal
 * is the start of its run: of two who say yes in the same second, one starts it. Where two must say it, the first is
 * written down, and the proposal goes on waiting.
 */
export async function approve(engine: Engine, answer: Answer): Promise<Approved> {
  const { proposal: id, by, who, reason } = answer
  const { proposal, endorsed } = await openProposal(engine, id)
  const { plan, preview } = proposal
  await mayApprove(engine, plan, answer)
  const changes = changesSince(engine, plan, preview, await lookAgain(engine, proposal))
  if (changes.length > 0) throw await superseded(engine, proposal, changes.join('; '))
  const yes = { by, ...personOf(who), reason, at: engine.ports.clock.now() }
  const approval: Approval = { proposal: id, ...yes, ...(endorsed && { first: endorsed }) }
  const { verdict, ledger } = await ask(engine, { plan, purpose: 'start', approval })
  const against = objections(verdict)
  const wantsAnother = against.length > 0 && against.every(({ gate }) => gate === approvers.name)
  if (wantsAnother && endorsed) throw new ConflictError(`cannot start ${id}: ${objectionsText(verdict)}`)
  if (verdict.answer !== 'allow' && !wantsAnother) {
    throw new HeldError(`cannot run what ${id} proposes now, it stays open: ${objectionsText(verdict)}`)
  }
  // Looking and asking took time, in which its own may have run out.
  if (hasExpired(proposal, engine.ports.clock.moment())) await openProposal(engine, id)
  try {
    if (wantsAnother) return await endorse(engine, proposal, answer)
    return { run: await beginRun(engine, plan, { verdict, ledger }, approval) }
  } catch (thrown) {
    // Two said the first yes at once: one of them is the second, and is asked anew.
    if (wantsAnother && thrown instanceof ConflictError) return approve(engine, answer)
    // Somebody was quicker: that is told in their words.
    if (thrown instanceof ConflictError) await openProposal(engine, id)
    throw thrown
  }
}

/** The first of two yeses: on record, for all to see, and kept whatever becomes of this process. */
async function endorse(engine: Engine, { id, incident }: Proposal, { by, who, reason }: Answer): Promise<Approved> {
  const body = { proposal: id, by, ...personOf(who), reason }
  await note(engine, [{ kind: 'endorsed', ...body }], { incident, writes: [{ do: 'endorse-proposal', ...body }] })
  return { wants: `another person must say yes too: kintsugi approve ${id}` }
}

/** The world now; while everything stands still, nobody looks. */
async function lookAgain(engine: Engine, { id, plan }: Proposal): Promise<readonly StepPreview[]> {
  try {
    return await previewOf(engine, plan)
  } catch (thrown) {
    if (!isStop(thrown)) throw thrown
    throw new HeldError(`cannot run what ${id} proposes now, it stays open: ${thrown.message}`)
  }
}

/** A person's no: the remedy is not tried on the target in this incident, and the next rung is looked for. */
export async function reject(engine: Engine, answer: Answer): Promise<void> {
  const { proposal: id, by, reason } = answer
  const { proposal } = await openProposal(engine, id)
  mustBeListed(engine, [proposal.plan.policy], answer)
  try {
    await noteEnd(engine, proposal, { as: 'rejected', reason, by })
  } catch (thrown) {
    if (thrown instanceof ConflictError) await openProposal(engine, id)
    throw thrown
  }
}

/** Throws UsageError when there is none of that name, ConflictError with what became of one that is no longer open. */
async function openProposal(engine: Engine, id: string): Promise<ProposalView> {
  const view = await viewOf(engine, id)
  if (!view) throw new UsageError(`the record knows no proposal '${id}'; kintsugi get proposals lists what is open`)
  const { proposal } = view
  if (view.ended) throw new ConflictError(endedText(view))
  if (!hasExpired(proposal, engine.ports.clock.moment())) return view
  await expireProposal(engine, proposal).catch(unlessEnded)
  throw new ConflictError(endedText((await viewOf(engine, id)) ?? view))
}

async function viewOf(engine: Engine, proposal: string): Promise<ProposalView | undefined> {
  const [view] = await recordOf(engine).proposals({ state: 'all', proposal, limit: 1 })
  return view
}

function endedText({ proposal: { id }, ended }: ProposalView): string {
  if (!ended) return `${id} is no longer open`
  const by = ended.by === undefined ? '' : ` by ${ended.by}`
  return `${id} is no longer open: ${ended.as}${by} at ${new Date(ended.at).toISOString()}: ${ended.reason ?? ''}`
}

async function superseded(engine: Engine, proposal: Proposal, reason: string): Promise<ConflictError> {
  await noteEnd(engine, proposal, { as: 'superseded', reason }).catch(unlessEnded)
  return new ConflictError(`${proposal.id} is superseded, and decided anew: ${reason}`)
}

/** From now on the incident is a person's: what is proposed in it is taken back. */
export async function takeOver(engine: Engine, order: Order & { readonly incident: string }): Promise<void> {
  const { incident: id, by, who, reason } = order
  const incident = engine.incidents.get(id)
  if (!incident) throw new UsageError(`cannot take over '${id}': no such incident is open`)
  mustBeListed(engine, policiesIn(incident), order)
  const { takenOver, proposal } = incident
  if (takenOver) throw new ConflictError(`${id} is taken over already, by ${takenOver.by}: ${takenOver.reason}`)
  const end = proposal && endOf(proposal, { as: 'withdrawn', reason: `${by} has taken the incident over`, by })
  await note(engine, [...(end ? [end.body] : []), { kind: 'taken-over', by, ...personOf(who), reason }], {
    incident: id,
    writes: end ? [end.write] : [],
    closing: true,
  })
}

/** A person looks at it; whoever says so last has it. */
export async function acknowledge(
  engine: Engine,
  { subject, by, who, reason, forMs }: Order & { readonly subject: string; readonly forMs?: number },
): Promise<void> {
  const incident = engine.incidents.get(subject)?.id ?? incidentOfAlert(engine, subject)
  const said = { by, ...personOf(who), reason, ...(forMs !== undefined && { forMs }) }
  await note(engine, [{ kind: 'acknowledged', ...said }], { incident, closing: true })
}

/** The open incident that an alert belongs to, by its fingerprint. */
function incidentOfAlert({ incidents, ports }: Engine, fingerprint: string): string {
  const aim = ports.alerts?.all().find((alert) => alert.fingerprint === fingerprint)?.aim
  if (!aim) throw new UsageError(`cannot acknowledge '${fingerprint}': neither an open incident nor a received alert`)
  if (aim.kind === 'unmapped') {
    throw new UsageError(`cannot acknowledge '${fingerprint}': nothing is done about this alert: ${aim.reason}`)
  }
  const line = [aim.target, ...ancestors(ports.topology(), aim.target)]
  const found = incidents.open().find(({ owner }) => line.includes(owner))
  if (found) return found.id
  throw new UsageError(
    `cannot acknowledge '${fingerprint}': no incident is open on ${aim.target}; keep it with: kintsugi hold ${aim.target} --for 1h`,
  )
}

/** Of an incident or a run, open or not. */
export async function markWrong(engine: Engine, order: Order & { readonly subject: string }): Promise<void> {
  const { subject } = order
  const record = recordOf(engine)
  const [own] = await record.entries({ incident: subject, limit: 1 })
  const [first] = own ? [own] : await record.entries({ run: subject, limit: 1 })
  if (first?.incident === undefined) throw new UsageError(`the record knows no incident and no run '${subject}'`)
  const { by, who, reason } = order
  await note(engine, [{ kind: 'marked-wrong', subject, by, ...personOf(who), reason }], { incident: first.incident })
}
