import type { Measure } from './plan.ts'

/** Did it help, and is it enough. No fresh data is `blind`, which is never better. */
export type Assessment = {
  readonly result: 'better' | 'unchanged' | 'worse' | 'blind'
  /** Every own signal is healthy in this measure. Only `better` can be enough. */
  readonly enough: boolean
  /** The signals of the plan's own target are healthy, and those of another are not: no use in waiting longer. */
  readonly targetWell: boolean
  readonly reasons: readonly string[]
  readonly measure: Measure
}
