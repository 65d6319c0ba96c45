import { forecastsIn, needsForecast, type Reaches } from '../../domain/condition/ast.ts'
import { bindForecast, type Foreseen } from '../../domain/condition/foresee.ts'
import { conditionText } from '../../domain/condition/text.ts'
import type { Finding } from '../../domain/finding.ts'
import { durationText } from '../../lib/duration.ts'
import type { Detector, Judged, World } from '../world.ts'

/** A limit that is expected to be reached: found before anything is broken. */
export const forecastDetector: Detector = {
  name: 'forecast',
  detect: (judged, world) =>
    judged
      .filter(
        ({ judgement, condition, policy }) =>
          judgement.state === 'true' && needsForecast(condition) && !policy.schedule,
      )
      .map((one) => foreseen(one, world)),
}

/** What a condition foresees on a target, as far as it is not foreseen for want of a past: that is no blindness. */
export function isYoung({ condition, target, policy }: Judged, world: World): boolean {
  return forecastsIn(condition).some((node) => look(node, { target, policy, world }).state === 'young')
}

function foreseen(one: Judged, world: World): Finding {
  const { policy, target, fingerprint, condition, judgement } = one
  const { since = world.now, evidence } = judgement
  const looks = forecastsIn(condition).map((node) => [node, look(node, { target, policy, world })] as const)
  const after = looks.flatMap(([, seen]) => (seen.state === 'seen' && seen.reach ? [seen.reach().afterMs] : []))
  return {
    fingerprint,
    policy: policy.name,
    target,
    state: 'violated',
    since,
    severity: policy.severity,
    summary: `${target}: ${looks.flatMap(([node, seen]) => wordsOf(node, seen)).join('; ')}`,
    evidence,
    lead: 'forecast',
    ...(after.length > 0 && { dueAt: Math.round(world.now + Math.min(...after)) }),
  }
}

function look(
  node: Reaches,
  { target, policy, world }: Pick<Judged, 'target' | 'policy'> & { readonly world: World },
): Foreseen {
  const { windows, now, aliases } = world
  const params = world.params?.get(policy.name)
  return bindForecast(node, { windows, target, now, ...(params && { params }), ...(aliases && { aliases }) }).at(now)
}

function wordsOf({ of }: Reaches, seen: Foreseen): string[] {
  if (seen.state !== 'seen' || !seen.reach) return []
  const { value, limit } = seen
  const { afterMs, earliestMs, latestMs } = seen.reach()
  const is = `${conditionText(of)} is ${numberText(value)}`
  if (afterMs === 0) return [`${is}, and has reached ${numberText(limit)}`]
  const range =
    latestMs === undefined ? `${inWords(earliestMs)} at the earliest` : `${inWords(earliestMs)} to ${inWords(latestMs)}`
  return [`${is}, and reaches ${numberText(limit)} in ${inWords(afterMs)} (${range})`]
}

const MINUTE_MS = 60_000

/** To the minute where it is long: nothing is foreseen to the second. */
function inWords(ms: number): string {
  const unitMs = ms < 10 * MINUTE_MS ? 1000 : MINUTE_MS
  return durationText(Math.round(ms / unitMs) * unitMs)
}

const numberText = (value: number): string => String(Number(value.toPrecision(4)))
