import type { PlanStep } from '../domain/plan.ts'
import type { Capability } from '../domain/ports.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { isAhead, no, objection, offering } from './around.ts'
import type { Proposal, Proposing } from './remedy.ts'

/**
 * The same step on the target of the cause, or on each of its parts, where it is offered and the condition holds. Nobody
 * is kept from serving by it.
 */
export function onEach(
  x: Proposing,
  y: {
    readonly offers: Capability
    /** Where it is needed; not asked where it is due by the calendar, or foreseen. */
    readonly where: string
    /** What must be so in the end on each. */
    readonly success?: string
    readonly step: (ref: ResourceRef) => Pick<PlanStep, 'action' | 'params' | 'reversibility'>
    /** In words, to be read before the name of the target; absent where all can be taken back. */
    readonly lost?: string
  },
): Proposal {
  const { cause, target } = x.cause
  const able = offering(x.topology, target, y.offers)
  if (able.length === 0) return no(`neither ${target} nor a part of it offers '${y.offers}'`)
  const refused = able.map((ref) => ({ ref, why: isAhead(cause) ? undefined : objection(x, y.where, [ref]) }))
  const sick = refused.filter(({ why }) => why === undefined).map(({ ref }) => ref)
  if (sick.length === 0) return no(refused.map(({ why }) => why).join('; '))
  const { success, lost } = y
  return {
    applies: true,
    target: sick.length === 1 && sick[0] !== undefined ? sick[0] : target,
    steps: sick.map((ref) => {
      const step = y.step(ref)
      return { name: `${step.action} ${ref}`, target: ref, disrupts: [], ...step }
    }),
    cannotUndo: lost === undefined ? [] : sick.map((ref) => `${lost} ${ref}`),
    ...(success !== undefined && { success: sick.map((ref) => ({ target: ref, condition: success })) }),
  }
}
