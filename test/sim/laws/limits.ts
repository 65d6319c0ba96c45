import type { Announced, RunView } from '../history.ts'
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
  const { cooldownMs = 0 } = sim.adopted.settings.policies.find(({ name }) => name === plan.policy) ?? {}
  for (const other of others) {
    const last = other.events.findLast(({ kind }) => kind === 'run-ended') ?? other.events[0]
    if (cooldownMs > 0 && isWithin(last, asked.seq, cooldownMs, sim)) {
      fail(`${run} acts on ${plan.owner} ${asked.at - (last?.at ?? 0)} ms after ${other.run}`)
    }
  }
}
