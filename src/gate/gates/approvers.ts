import { mayBeOne } from '../../domain/person.ts'
import { ALLOW, type Gate } from '../gate.ts'

/** Where the policy asks two people, the yes of one is not enough, and neither is that of one person said twice. */
export const approvers: Gate = {
  name: 'approvers',
  guardsUndo: false,
  ask({ plan, world, approval }) {
    const policy = world.policies.get(plan.policy)
    if (!approval) return ALLOW('nobody has said yes, and whether anybody must is not asked here')
    if (policy?.approval?.approvers !== 2) return ALLOW(`one yes is enough, and ${approval.by} has said it`)
    const { first } = approval
    if (first && !mayBeOne(first, approval)) return ALLOW(`${first.by} and ${approval.by} have said yes`)
    return {
      answer: 'hold',
      reason: `policy '${policy.name}' asks two people, and only ${(first ?? approval).by} has said yes`,
      value: 1,
      limit: 2,
      unlocks: 'when another person approves it',
      approvable: true,
    }
  },
}
