import { ALLOW, type Gate } from '../gate.ts'

/** Every step can be undone, or its policy says by name that it may be taken all the same. */
export const undo: Gate = {
  name: 'undo',
  guardsUndo: false,
  ask({ plan, world }) {
    const allowed = world.policies.get(plan.policy)?.allowIrreversible ?? []
    const lasting = plan.steps.filter(
      ({ reversibility }) => reversibility === 'irreversible' || reversibility === 'external',
    )
    const refused = lasting.find(({ action }) => !allowed.includes(action))
    if (!refused)
      return ALLOW(lasting.length === 0 ? 'every step can be undone' : 'the policy allows what cannot be undone')
    return {
      answer: 'deny',
      reason: `${refused.action} is ${refused.reversibility} and policy '${plan.policy}' does not allow it`,
      value: refused.action,
      limit: allowed.join(', ') || 'none allowed',
      unlocks: `allowIrreversible: [${refused.action}] in the policy`,
      person: true,
    }
  },
}
