import type { Hypothesis } from '../domain/diagnosis.ts'
import type { Attempt, Incident } from '../domain/incident.ts'
import type { Answer, Plan } from '../domain/plan.ts'
import type { Policy } from '../domain/policy.ts'
import type { Outcome } from '../domain/run.ts'
import { mayTouch } from './cover.ts'
import type { Proposal, Proposing, Remedy } from './remedy.ts'

/** The name of the last rung: a person. */
export const PAGE = 'page'
const PAGE_WEIGHT = 100

/** One rung of one policy's ladder, with what its remedy says to the cause. */
export type Candidate = {
  readonly policy: Policy
  readonly name: string
  readonly weight: number
  readonly proposal: Proposal
  readonly asked: readonly Answer[]
}

type Proposed = Extract<Proposal, { applies: true }>

export type Asking = Pick<Proposing, 'topology' | 'judge' | 'value'> & {
  readonly incident: Incident
  readonly remedies: readonly Remedy[]
}

/** Every rung of a policy's ladder, in its order. */
export function candidatesOf(policy: Policy, cause: Hypothesis, x: Asking): Candidate[] {
  return policy.ladder.map((name) => {
    if (name === PAGE) return { policy, name, weight: PAGE_WEIGHT, proposal: person(cause), asked: [] }
    const remedy = x.remedies.find((one) => one.name === name)
    if (!remedy) return { policy, name, weight: 0, proposal: no('there is no such remedy'), asked: [] }
    const asked: Answer[] = []
    const settings = policy.settings?.[name] ?? null
    const proposal = remedy.propose({ cause, topology: x.topology, settings, ...noting(x, asked) })
    return { policy, name, weight: remedy.weight, proposal: checked(proposal, name, cause, x), asked }
  })
}

/**
 * The next rung: of each ladder the first that applies, and of these the lightest. A ladder's own order is law, and
 * weight decides between ladders. One that may only observe stands in nobody's way.
 */
export function nextOf(ladders: readonly (readonly Candidate[])[]): Candidate | undefined {
  return ladders.flatMap((ladder) => ladder.find(({ proposal }) => proposal.applies) ?? []).toSorted(byOrder)[0]
}

function byOrder(a: Candidate, b: Candidate): number {
  return Number(onlyObserves(a)) - Number(onlyObserves(b)) || a.weight - b.weight
}

function onlyObserves({ policy }: Candidate): boolean {
  return policy.autonomy === 'observe'
}

/** Every other candidate, with the reason why it is not the one. */
export function rejectedOf(
  ladders: readonly (readonly Candidate[])[],
  picked: Candidate | undefined,
): Plan['rejected'] {
  return ladders.flatMap((ladder) =>
    ladder
      .filter((one) => one !== picked)
      .map((one) => {
        const reason = one.proposal.applies ? whyNot(one, ladder, picked) : one.proposal.reason
        return { remedy: one.name, reason: ladders.length > 1 ? `${reason} (policy '${one.policy.name}')` : reason }
      }),
  )
}

function whyNot(one: Candidate, ladder: readonly Candidate[], picked: Candidate | undefined): string {
  if (!picked || ladder.includes(picked)) return `heavier than ${picked?.name}`
  if (onlyObserves(one) && !onlyObserves(picked)) return 'its policy only observes'
  const first = ladder.find(({ proposal }) => proposal.applies)
  if (one !== first && one.weight < picked.weight) return `comes after ${first?.name}`
  return one.weight > picked.weight ? `heavier than ${picked.name}` : `no lighter than that of '${picked.policy.name}'`
}

function no(reason: string): Proposal {
  return { applies: false, reason }
}

function person({ target }: Hypothesis): Proposed {
  return { applies: true, target, steps: [], cannotUndo: [] }
}

/** Writes down what is asked, so that the decision can be derived again. */
function noting({ judge, value }: Asking, asked: Answer[]): Pick<Proposing, 'judge' | 'value'> {
  return {
    judge: (condition, target) => {
      const answer = judge(condition, target)
      asked.push({ target, asked: condition, answer })
      return answer
    },
    value: (expression, target) => {
      const answer = value(expression, target)
      asked.push({ target, asked: expression, answer: answer ?? null })
      return answer
    },
  }
}

/** Outcomes that say "this did not do it": the same remedy on the same target is not tried again in this incident. */
const IN_VAIN: ReadonlySet<Outcome> = new Set(['helped', 'rolled-back', 'spent', 'stuck'])

/** What was never applied was perhaps only held up; so often, and the target does not take it. */
const TRIES = 2

/** A proposal must stay within reach of the cause, and must not have been tried in vain. */
function checked(proposal: Proposal, name: string, cause: Hypothesis, { incident, topology }: Asking): Proposal {
  if (!proposal.applies) return proposal
  const allowed = mayTouch(topology, cause.target)
  const beyond = [proposal.target, ...proposal.steps.map(({ target }) => target)].find((ref) => !allowed.has(ref))
  if (beyond) return no(`it would act on ${beyond}, which is no part of what ${cause.target} belongs to`)
  const isSame = ({ remedy, target, parts }: Pick<Attempt, 'remedy' | 'target' | 'parts'>): boolean =>
    remedy === name && (target === proposal.target || parts?.includes(proposal.target) === true)
  const own = incident.attempts.filter(isSame)
  const refused = incident.refused?.find(isSame)
  if (refused) return no(refused.why)
  const tried = own.find(({ outcome }) => outcome !== undefined && IN_VAIN.has(outcome))
  if (tried) return no(`tried in ${tried.run}: ${tried.outcome}`)
  const abandoned = own.filter(({ outcome }) => outcome === 'abandoned')
  return abandoned.length < TRIES
    ? proposal
    : no(`could not be applied ${abandoned.length} times, last in ${abandoned.at(-1)?.run}`)
}
