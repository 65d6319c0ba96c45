import type { Policy } from '../../../src/domain/policy.ts'
import type { Announced, RunView, Seen } from '../history.ts'
import type { Sim } from '../state.ts'
import type { Law, Watch } from './law.ts'
import { isWithin } from './time.ts'

/**
 * Invariant 4: attempts, cooldowns and latches hold across restarts and clock jumps. Counted anew from the starts and
 * ends of runs in true time, which no jump shortens.
 */
export const limits: Law = {
  name: '4 limits hold',
  watch(x) {
    const { sim, fail, onCall, onEntry } = x
    /** Entry from which on attempts of an owner count again, and whether it is latched. */
    const freed = new Map<string, number>()
    const latched = new Map<string, number>()
    onEntry(({ body, seq }) => {
      if (body.kind === 'released') {
        freed.set(body.subject, seq)
        latched.delete(body.subject)
      }
      if (body.kind === 'latched') {
        sim.counters.count('latch')
        latched.set(body.owner, seq)
      }
    })
    onCall((call, run) => {
      const asked = run?.announced.findLast(({ step, isUndo }) => step === call.step && isUndo === call.isUndo)
      if (!run || !asked || call.isUndo) return
      const { owner } = run.plan
      if ((latched.get(owner) ?? Infinity) < asked.seq) fail(`${call.key} takes effect on ${owner}, which is latched`)
      const others = [...sim.history.runs.values()].filter(
        (other) => other !== run && other.plan.owner === owner && (other.events[0]?.seq ?? 0) > (freed.get(owner) ?? 0),
      )
      checkAttempts(others, run, asked, x)
      checkCooldown(others, run, asked, x)
    })
  },
}

function checkAttempts(
  others: readonly RunView[],
  { run, plan }: RunView,
  asked: Announced,
  { sim, fail }: Watch,
): void {
  for (const { attempts, withinMs } of sim.adopted.settings.limits.perTarget) {
    const recent = others.filter(({ events }) => isWithin(events[0], asked.seq, withinMs, sim))
    if (recent.length < attempts) continue
    fail(`${run} is attempt ${recent.length + 1} on ${plan.owner} within ${withinMs} ms, and ${attempts} are allowed`)
  }
}

function checkCooldown(
  others: readonly RunView[],
  { run, plan }: RunView,
  asked: Announced,
  { sim, fail }: Watch,
): void {
  const policy = sim.adopted.settings.policies.find(({ name }) => name === plan.policy)
  const restMs = policy ? restOf(policy, others, sim) : 0
  for (const other of others) {
    const last = other.events.findLast(({ kind }) => kind === 'run-ended') ?? other.events[0]
    if (restMs > 0 && isWithin(last, asked.seq, restMs, sim)) {
      fail(`${run} acts on ${plan.owner} ${asked.at - (last?.at ?? 0)} ms after ${other.run}`)
    }
  }
}

/** The rest that is due after these runs, newest last: longer for each of those at the end that did not heal. */
function restOf({ cooldownMs, backoff }: Policy, runs: readonly RunView[], sim: Sim): number {
  if (!backoff) return cooldownMs
  const ended = runs.filter((run) => run.ended && run.ended.outcome !== 'abandoned')
  const isLinked = ({ events }: RunView, next: RunView | undefined): boolean =>
    !next || isWithin(events.findLast(isEnd), next.events[0]?.seq ?? 0, 2 * backoff.maxMs, sim)
  const first = ended.findLastIndex((run, i) => run.ended?.outcome === 'healed' || !isLinked(run, ended[i + 1]))
  const failures = ended.length - 1 - first
  return Math.max(cooldownMs, Math.min(cooldownMs * backoff.factor ** Math.max(0, failures - 1), backoff.maxMs))
}

const isEnd = ({ kind }: Seen): boolean => kind === 'run-ended'
