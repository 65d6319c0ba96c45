import { ALLOW, type Gate } from '../gate.ts'

/** How much the policy lets Kintsugi do by itself. A policy that is gone lets it do nothing. */
export const autonomy: Gate = {
  name: 'autonomy',
  guardsUndo: false,
  ask({ plan, world }) {
    const policy = world.policies.get(plan.policy)
    if (!policy) return { answer: 'deny', reason: `policy '${plan.policy}' is no longer configured` }
    if (policy.autonomy === 'auto') return ALLOW(`policy '${policy.name}' acts by itself`)
    return {
      answer: policy.autonomy === 'observe' ? 'deny' : 'hold',
      reason: `policy '${policy.name}' may only ${policy.autonomy}`,
      value: policy.autonomy,
      limit: 'auto',
      unlocks: `autonomy: auto in policy '${policy.name}'`,
      person: policy.autonomy !== 'observe',
    }
  },
}
