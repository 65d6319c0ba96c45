import { needsForecast } from '../../domain/condition/ast.ts'
import type { Evidence, Finding } from '../../domain/finding.ts'
import type { Detector, Judged } from '../world.ts'

/** A policy's condition that holds on a target. */
export const conditionDetector: Detector = {
  name: 'condition',
  detect: (judged, { now }) =>
    judged
      .filter(
        ({ judgement, condition, policy }) =>
          judgement.state === 'true' && !policy.schedule && !needsForecast(condition),
      )
      .map((one) => violation(one, now)),
}

function violation({ policy, target, fingerprint, judgement }: Judged, now: number): Finding {
  const { since = now, evidence } = judgement
  const values = evidence.map(valueText).join(', ')
  return {
    fingerprint,
    policy: policy.name,
    target,
    state: 'violated',
    since,
    severity: policy.severity,
    summary: `${target}: ${policy.condition}${values === '' ? '' : ` (${values})`}`,
    evidence,
  }
}

function valueText({ signal, value }: Evidence): string {
  return `${signal} is ${value === null ? 'not seen' : Number(value.toPrecision(4))}`
}
