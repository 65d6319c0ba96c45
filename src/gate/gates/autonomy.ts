import type { Plan } from '../../domain/plan.ts'
import type { Policy } from '../../domain/policy.ts'
import type { GateAnswer } from '../../domain/verdict.ts'
import { ALLOW, type Gate } from '../gate.ts'

/**
 * How much the policy lets Kintsugi do by itself, and what a person has said yes to. A policy that is gone, or that may
 * only look, lets it do nothing, whoever has approved.
 */
export const autonomy: Gate = {
  name: 'autonomy',
  guardsUndo: false,
  ask({ plan, world, approval }) {
    const policy = world.policies.get(plan.policy)
    if (!policy) return { answer: 'deny', reason: `policy '${plan.policy}' is no longer configured` }
    const { name, autonomy: level } = policy
    if (level === 'observe' || level === 'suggest') {
      return {
        answer: level === 'observe' ? 'deny' : 'hold',
        reason: `policy '${name}' may only ${level}`,
        value: level,
        limit: 'auto',
        unlocks: `autonomy: auto in policy '${name}'`,
        person: level === 'suggest',
      }
    }
    const question = questionOf(plan, policy)
    if (!question) return ALLOW(`policy '${name}' acts by itself`)
    if (approval) return ALLOW(`approved by ${approval.by}: ${approval.reason}`)
    return { answer: 'hold', ...question, unlocks: 'when a person approves it', approvable: true }
  },
}

/** Why a person is asked about the plan; undefined where nobody is. What nobody has weighed is as heavy as can be. */
function questionOf(plan: Plan, policy: Policy): Pick<GateAnswer, 'reason' | 'value' | 'limit'> | undefined {
  const { name, autonomy: level, approval } = policy
  if (level === 'approve') {
    return { reason: `policy '${name}' asks a person first`, value: level, limit: 'auto' }
  }
  if (!approval) return undefined
  const severity = plan.severity ?? policy.severity
  if (approval.severities.includes(severity)) {
    const limit = approval.severities.join(', ')
    return { reason: `policy '${name}' asks a person where the severity is ${severity}`, value: severity, limit }
  }
  const { risk, blast } = plan.risk ?? { risk: 1, blast: 1 }
  if (risk * blast <= approval.above) return undefined
  const value = Number((risk * blast).toFixed(2))
  return { reason: `risk ${risk} times blast radius ${blast.toFixed(2)} is ${value}`, value, limit: approval.above }
}
