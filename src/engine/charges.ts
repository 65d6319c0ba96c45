import { effectOf, instancesOf, isByOthers, isGoing, seenId } from '../domain/disturbance.ts'
import type { Announcement } from '../domain/entry.ts'
import { UsageError } from '../domain/errors.ts'
import type { Actor, Disturbance, Write } from '../domain/ledger.ts'
import type { Order } from '../domain/operator.ts'
import { personOf } from '../domain/person.ts'
import type { Plan, PlanStep } from '../domain/plan.ts'
import type { ResourceRef } from '../domain/resource.ts'
import { durableOwner, type Topology } from '../domain/topology.ts'
import { note, policiesOf, recordOf, type Engine } from './engine.ts'

/** What a step of a run is charged with; refused where another was charged since the gates were asked. */
export function chargeOf(
  engine: Engine,
  {
    run,
    plan,
    step,
    seen,
  }: { readonly run: string; readonly plan: Plan; readonly step: PlanStep; readonly seen: number },
): Write {
  return { do: 'charge', seen, disturbance: disturbanceOf(engine, plan, step, { run, shadow: false }) }
}

function disturbanceOf(
  { ports, settings }: Engine,
  plan: Plan,
  step: PlanStep,
  { run, shadow }: { readonly run: string; readonly shadow: boolean },
): Omit<Disturbance, 'since' | 'endedAt'> {
  const actor: Actor = policiesOf(settings).get(plan.policy)?.schedule ? 'maintenance' : 'repair'
  const reason = `${plan.remedy} for ${plan.incident}`
  return { id: `${run}/${step.name}`, actor, by: run, reason, shadow, ...effectOf(step, plan, ports.topology()) }
}

/**
 * What the run of a plan would have been charged with in shadow: for as long as it might have been watched, where it would
 * have taken something away for good or been at its first step, and for the rate alone where one step follows the other.
 */
export function shadowCharges(engine: Engine, plan: Plan, seen: number): Write[] {
  return plan.steps.map((step, i): Write => {
    const disturbance = disturbanceOf(engine, plan, step, { run: plan.id, shadow: true })
    const forMs = disturbance.lasting || i === 0 ? plan.verify.withinMs : 0
    // The charges of one commit have all seen the same ledger; only the first has to name it.
    return { do: 'charge', disturbance: { ...disturbance, forMs }, ...(i === 0 && { seen }) }
  })
}

export type Announced = Order & {
  readonly target: ResourceRef
  readonly actor: Actor
  readonly forMs: number
  /** From 0 to 1. */
  readonly share: number
}

/** Writes down what somebody says they disturb; answers the announcement's id. */
export async function announce(engine: Engine, { target, who, ...rest }: Announced): Promise<{ readonly id: string }> {
  const topology = engine.ports.topology()
  const owner = durableOwner(topology, target)
  const id = engine.ports.newId('ann')
  if (target === owner) await noteAnnounced(engine, { id, target, owner, instances: [], ...rest }, who)
  else {
    const instances = instancesOf(topology, target)
    const share = Math.min(1, instances.length / instancesOf(topology, owner).length)
    await noteAnnounced(engine, { id, target, owner, instances, ...rest, share }, who)
  }
  return { id }
}

/** Ends what was announced. Throws UsageError where nothing of that name goes on. */
export async function endAnnouncement(
  engine: Engine,
  { id, by, who, reason }: Order & { readonly id: string },
): Promise<void> {
  const { disturbances } = await recordOf(engine).ledger(NOBODY)
  const now = engine.ports.clock.moment()
  const going = disturbances.find((one) => one.id === id && isByOthers(one) && isGoing(one, now))
  if (!going) throw new UsageError(`no announcement '${id}' goes on; kintsugi get announcements lists those that do`)
  const writes: Write[] = [{ do: 'settle', by: going.by, id }]
  await note(engine, [{ kind: 'announcement-ended', id, by, ...personOf(who), reason }], { writes, closing: true })
}

/**
 * The charge for a change of somebody else that was seen on a target, to go with the entry that says so: for as long as it
 * is held to go on. A whole service counts as all of it, an instance as one; the same `id` again is charged once.
 */
export function chargeSeen(
  topology: Topology,
  seen: {
    readonly id: string
    readonly target: ResourceRef
    readonly who: string
    readonly what: string
    readonly forMs: number
  },
): Write {
  const { id, target, who: by, what: reason, forMs } = seen
  const owner = durableOwner(topology, target)
  const instances = instancesOf(topology, target)
  const share = Math.min(1, instances.length / instancesOf(topology, owner).length)
  const whose = { id: seenId(id), actor: 'person', by, reason, target, owner, forMs } as const
  return { do: 'charge', disturbance: { ...whose, share, instances, lasting: true, shadow: false } }
}

async function noteAnnounced(engine: Engine, announcement: Announcement, who: Order['who']): Promise<void> {
  const disturbance = { ...announcement, lasting: true, shadow: false }
  await note(engine, [{ kind: 'announced', announcement, ...personOf(who) }], {
    writes: [{ do: 'charge', disturbance }],
    closing: true,
  })
}

/** Disturbances are the same for all owners. */
const NOBODY = 'kintsugi:none/none/none'
