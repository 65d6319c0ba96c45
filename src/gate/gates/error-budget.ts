import { allowedBadMs, type BudgetNow } from '../../domain/error-budget.ts'
import { related, distancesFrom } from '../../domain/topology.ts'
import { durationText } from '../../lib/duration.ts'
import { ALLOW, type Gate, type GateInput } from '../gate.ts'

/**
 * What the users have left to bear, where an SLO says so: what is not urgent waits while little is left, and a repair that
 * could cost more than what is left asks a person. A budget that nobody can see is not taken for plenty: the answer says
 * that it is not known, and the other gates decide. Once a run has begun, stopping it halfway costs more.
 */
export const errorBudget: Gate = {
  name: 'error-budget',
  guardsUndo: false,
  ask(input) {
    const { plan, purpose, step, approval } = input
    const budgets = input.world.budgets.filter((one) => concerns(one, input))
    if (budgets.length === 0) return ALLOW(`no error budget is declared around ${plan.owner}`)
    const isFirst = purpose === 'start' || (purpose === 'apply' && step?.name === plan.steps[0]?.name)
    if (!isFirst) return ALLOW('the run has begun to take effect')
    for (const known of budgets) {
      const { slo, budget, spent } = known
      if (spent === undefined) continue
      const left = Math.max(0, 1 - spent)
      if (isUnhurried(input) && left < budget.keep) {
        return {
          answer: 'hold',
          reason: `the error budget of '${slo}' has ${percent(left)} left${seenText(known)}: what is not urgent waits`,
          value: percent(left),
          limit: percent(budget.keep),
          unlocks: `when more than ${percent(budget.keep)} of it is left`,
        }
      }
      const cost = costOf(input, known)
      if (cost <= left || approval) continue
      return {
        answer: 'hold',
        reason: `it could cost ${percent(cost)} of the error budget of '${slo}', which has ${percent(left)} left${seenText(known)}`,
        value: percent(cost),
        limit: percent(left),
        unlocks: 'when a person approves it',
        approvable: true,
      }
    }
    return ALLOW(budgets.map(stateText).join('; '))
  },
}

/** An SLO of the plan's own guards, of its owner's lineage, or of what depends on its owner. */
function concerns({ slo, target }: BudgetNow, { plan, world: { topology } }: GateInput): boolean {
  if (plan.verify.guards.some(({ name }) => name === slo || name === `slo:${slo}`)) return true
  return related(topology, target, plan.owner) || distancesFrom(topology, [plan.owner]).has(target)
}

/** Either way of saying what will be: `forecast(x[6h], 4h) > 90`, `x[6h] rises to 90 within 4h`. */
const FORESEES = /\bforecast\s*\(|\b(?:rises|falls)\s+to\b/

/** Maintenance, and what only prevents. */
function isUnhurried({ plan, world: { policies } }: GateInput): boolean {
  const policy = policies.get(plan.policy)
  return policy?.schedule !== undefined || FORESEES.test(policy?.condition ?? '')
}

/**
 * The share of the budget that the plan could burn: all that it may touch, for as long as it may be watched. What nobody
 * has weighed is as heavy as can be.
 */
function costOf({ plan }: GateInput, { budget }: BudgetNow): number {
  const { risk, blast } = plan.risk ?? { risk: 1, blast: 1 }
  const cost = risk * blast * plan.verify.withinMs
  return cost === 0 ? 0 : cost / allowedBadMs(budget)
}

function stateText({ slo, spent, ...known }: BudgetNow): string {
  if (spent === undefined) return `the error budget of '${slo}' is not known: nothing here minds it`
  return `the error budget of '${slo}' has ${percent(Math.max(0, 1 - spent))} left${seenText({ ...known })}`
}

/** Of what Kintsugi has seen itself, the rest of the window is not known. */
function seenText({ seenMs, budget }: Pick<BudgetNow, 'seenMs' | 'budget'>): string {
  return seenMs === undefined ? '' : ` at most (seen for ${durationText(seenMs)} of ${durationText(budget.windowMs)})`
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`
}
