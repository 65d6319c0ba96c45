import type { PlanStep } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import type { Json } from '../lib/json.ts'

type Leaving = Pick<PlanStep, 'disrupts' | 'undoLeaves'>

/** A step on a pool, by an action of the same name; nobody is kept from serving by it unless that is said. */
export function poolStep(
  action: string,
  pool: ResourceRef,
  params: Readonly<Record<string, Json>>,
  more: Leaving = {},
): PlanStep {
  const name = `${action} ${pool}`
  return {
    name,
    action,
    target: pool,
    params: { target: pool, ...params },
    reversibility: 'reversible',
    disrupts: [],
    ...more,
  }
}

/** The step that gives a service so many instances. */
export function scaleStep(service: ResourceRef, replicas: number, more: Required<Leaving>): PlanStep {
  const name = `scale ${service} to ${replicas}`
  return {
    name,
    action: 'scale',
    target: service,
    params: { target: service, replicas },
    reversibility: 'reversible',
    ...more,
  }
}
