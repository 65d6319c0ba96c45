import { isDeepStrictEqual } from 'node:util'
import type { Plan } from '../../../src/domain/plan.ts'
import type { Policy } from '../../../src/domain/policy.ts'
import type { Approval, Proposal } from '../../../src/domain/proposal.ts'
import { elapsedMs } from '../../../src/lib/clock.ts'
import type { Seen } from '../history.ts'
import type { Sim } from '../state.ts'
import type { Law, Watch } from './law.ts'

const SETTLED_MS = 100
/** The slowest look at all targets of a plan, and a slow disk: what changes meanwhile nobody can have seen. */
const LOOKS_MS = 15_000

type Told = { readonly proposal: Proposal; readonly entry: Seen; end?: Seen }

/**
 * An effect of a policy that asks a person has their yes on record before it: to exactly this plan, once, in its time, and
 * while what they were shown was so.
 */
export const approved: Law = {
  name: '2 a yes before the effect',
  watch(x) {
    const { sim, fail, onEntry } = x
    const told = new Map<string, Told>()
    const runs = new Map<string, string>()
    const end = (id: string, entry: Seen): Told | undefined => {
      const one = told.get(id)
      if (!one) fail(`${id} has ended and was never proposed`)
      if (!one) return undefined
      if (one.end) fail(`${id} has ended twice: ${one.end.kind}, then ${entry.kind}`)
      one.end = entry
      return one
    }
    onEntry((entry) => {
      const { body, run = '', incident } = entry
      if (body.kind === 'proposed') {
        sim.counters.count('proposed')
        const open = [...told.values()].find((one) => !one.end && one.proposal.incident === incident)
        if (open) fail(`${body.proposal.id} is proposed while ${open.proposal.id} is open`)
        told.set(body.proposal.id, { proposal: body.proposal, entry })
        return
      }
      if (body.kind === 'proposal-ended') {
        sim.counters.count(body.as)
        end(body.proposal, entry)
        return
      }
      if (body.kind === 'approved') {
        sim.counters.count('approved')
        const one = end(body.proposal, entry)
        if (one) checkYes(one, entry, x)
        return
      }
      const view = sim.history.runs.get(run)
      const begins = body.kind === 'run-started' || (body.kind === 'step-started' && body.effect)
      if (!view || !begins) return
      const { plan, state } = view
      if (state.approval) checkApproval(run, plan, state.approval, { told, runs }, fail)
      if (sim.clock.trueMs() - sim.adopted.since < SETTLED_MS || !asks(plan, sim)) return
      if (!state.approval) fail(`${run}: ${body.kind} without a yes, and policy '${plan.policy}' asks for one`)
    })
  },
}

function checkApproval(
  run: string,
  plan: Plan,
  { proposal: id }: Approval,
  { told, runs }: { readonly told: ReadonlyMap<string, Told>; readonly runs: Map<string, string> },
  fail: Watch['fail'],
): void {
  const one = told.get(id)
  if (one?.end?.kind !== 'approved') return fail(`${run} goes by ${id}, to which nobody said yes`)
  if (!isDeepStrictEqual(one.proposal.plan, plan)) fail(`${run} is not what ${id} proposed`)
  const other = runs.get(id) ?? run
  if (other !== run) fail(`${run} goes by ${id}, and so did ${other}`)
  runs.set(id, run)
}

/** The yes came in time, and what the person was shown was so; what changed in the moment of it is nobody's fault. */
function checkYes({ proposal, entry: asked }: Told, yes: Seen, { sim, fail }: Watch): void {
  const withinMs = proposal.expiresAt - proposal.proposedAt
  const isLate = yes.at - asked.at > withinMs + SETTLED_MS
  // After a reboot only the wall clock is left, which somebody may have set.
  const isKnown = asked.moment.bootId === yes.moment.bootId || elapsedMs(asked.moment, yes.moment) >= withinMs
  if (isLate && isKnown) fail(`${proposal.id} was approved ${yes.at - asked.at} ms after it was proposed`)
  const policy = policyOf(proposal.plan, sim)
  if (policy?.approval && policy.approval.withinMs < withinMs) fail(`${proposal.id} lives longer than its policy says`)
  for (const { step, before } of proposal.preview) {
    const planned = proposal.plan.steps.find(({ name }) => name === step)
    if (!planned || touchedLately(planned.target, sim)) continue
    const now =
      planned.action === 'set-weight'
        ? sim.world.weight(planned.target).weight
        : sim.world.state(planned.target).identity
    const { weight, identity } = before as { readonly weight?: number; readonly identity?: string }
    const shown = planned.action === 'set-weight' ? weight : (identity ?? now)
    if (shown !== now) fail(`${proposal.id} is approved, and ${planned.target} is ${now} and not ${shown}`)
  }
}

function touchedLately(target: string, { world, clock }: Sim): boolean {
  return world.landings.some((landing) => landing.target === target && clock.trueMs() - landing.at < LOOKS_MS)
}

const policyOf = ({ policy }: Plan, { adopted }: Sim): Policy | undefined =>
  adopted.settings.policies.find(({ name }) => name === policy)

function asks(plan: Plan, sim: Sim): boolean {
  const policy = policyOf(plan, sim)
  if (!policy || policy.autonomy === 'approve') return true
  const { risk, blast } = plan.risk ?? { risk: 1, blast: 1 }
  const isNamed = policy.approval?.severities.includes(plan.severity ?? 'critical') === true
  return isNamed || risk * blast > (policy.approval?.above ?? 1)
}
