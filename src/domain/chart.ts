import type { CompareOp } from './condition/ast.ts'
import type { ResourceRef } from './resource.ts'

/** One signal of the users over time, with what it may not go beyond. A null value is a time in which nobody could see. */
export type Chart = {
  /** The policy or guard that watches it. */
  readonly signal: string
  readonly target: ResourceRef
  /** The expression it shows. */
  readonly expression: string
  readonly limit?: number
  /** It is violated where a value stands so to the limit; absent: where it is more. */
  readonly violated?: CompareOp
  readonly points: readonly (readonly [at: number, value: number | null])[]
}

/** What was changed, by whom, before the incident began. */
export type ChangeView = {
  readonly at: number
  readonly what: 'configuration' | 'restart' | 'repair' | 'pause' | 'resume' | 'hold' | 'release' | 'kintsugi'
  readonly target?: ResourceRef
  readonly by?: string
  /** In plain words; text from outside stays text. */
  readonly text: string
}
