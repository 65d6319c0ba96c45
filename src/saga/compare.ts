import type { Comparison } from '../domain/comparison.ts'
import type { Canary, Plan } from '../domain/plan.ts'
import { elapsedMs, type Moment } from '../lib/clock.ts'
import { durationText } from '../lib/duration.ts'
import type { RunContext } from './context.ts'
import { stopIfAsked, stopOf } from './journal.ts'
import { sinceEffect } from './settle.ts'

/**
 * What a wave has come to: watched until it says the same for long enough, or its time is over, and recorded in one entry.
 * A restart in the middle watches anew, from the same beginning; what was recorded is not judged again. Time spent blind
 * counts as nothing; when it lasts a person is told once, and too much of it is the answer.
 */
export async function compareWave(x: RunContext, wave: number, canary: Canary): Promise<Comparison> {
  const known = x.journal.state().comparisons[wave]
  if (known && known.verdict !== 'blind') return known
  // It ends by itself: a time-out would go off while the machine sleeps.
  const since = await x.journal.step(`compare ${wave + 1}/since`, async () => ({ ...x.clock.moment() }), { tries: 1 })
  const plan = sinceEffect(x)
  const spentMs = { blind: 0, seen: 0 }
  let streak: Streak | undefined
  for (let last = x.clock.moment(); ;) {
    const comparison = x.compare(plan, wave, since)
    const now = x.clock.moment()
    spentMs[comparison.verdict === 'blind' ? 'blind' : 'seen'] += elapsedMs(last, now)
    last = now
    streak = streak?.verdict === comparison.verdict ? streak : { verdict: comparison.verdict, from: now }
    const decided = decidedBy(comparison, elapsedMs(streak.from, now), spentMs, { canary, plan })
    if (decided) {
      await x.journal.append({ kind: 'compared', wave, comparison: decided })
      return decided
    }
    if (spentMs.blind >= canary.wellForMs) await tellBlind(x, wave, comparison)
    await x.clock.sleep(x.pollMs, stopOf(x))
    stopIfAsked(x)
  }
}

type Streak = { readonly verdict: Comparison['verdict']; readonly from: Moment }

/** The comparison that the wave is judged by; undefined while it is too early to say. */
function decidedBy(
  comparison: Comparison,
  lastedMs: number,
  spentMs: { readonly blind: number; readonly seen: number },
  { canary, plan }: { readonly canary: Canary; readonly plan: Plan },
): Comparison | undefined {
  const { verdict, reasons } = comparison
  const { wellForMs, withinMs } = canary
  if (verdict === 'blind') return spentMs.blind >= plan.verify.blindForMs ? comparison : undefined
  if (verdict !== 'no-effect' && lastedMs >= wellForMs) return comparison
  // What began may finish, but not begin again for ever; and what looks like harm in the end is taken for it.
  if (spentMs.seen < (verdict === 'no-effect' ? withinMs : withinMs + wellForMs)) return undefined
  if (verdict === 'no-effect' || verdict === 'harm') return comparison
  return {
    ...comparison,
    verdict: 'no-effect',
    reasons: [...reasons, `not so for ${durationText(wellForMs)} in a row`],
  }
}

/** Tells a person, once for a wave, that nobody sees what it did. Nothing is treated and nothing undone meanwhile. */
async function tellBlind({ run, plan, journal }: RunContext, wave: number, comparison: Comparison): Promise<void> {
  if (comparison.verdict !== 'blind' || journal.state().comparisons[wave]) return
  const limit = durationText(plan.verify.blindForMs)
  const unseen = comparison.reasons.join('; ')
  const reason = `applied, unverified: ${unseen}; compared when it is seen again, parked after ${limit}`
  const { incident } = plan
  await journal.append(
    { kind: 'compared', wave, comparison },
    { entries: [{ body: { kind: 'paged', about: run, reason }, incident, run }] },
  )
}
